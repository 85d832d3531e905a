import {
  MAX_KEPT_MS,
  MAX_UNDER_WAY,
  idFromHashData,
  keyOf,
  ocspRequest,
  readStatus,
  type HashData,
  type HttpOcsp,
  type OcspTelemetry,
} from '@voltbus/pki';
import { LRUCache } from 'lru-cache';

/**
 * Answers kept, each until its next update and no longer than an hour: of the CAs that many stations have in common.
 * One has 64 KiB at most.
 */
export const MAX_ANSWERS_KEPT = 200;

/**
 * OCSP on behalf of stations (M06), which show the answer to cars. The responder must be one that the operator has
 * named.
 */
export class CertificateStatuses {
  private readonly kept = new LRUCache<string, { der: Buffer; until: number }>({ max: MAX_ANSWERS_KEPT });
  private underWay = 0;

  constructor(
    private readonly ocsp: Pick<HttpOcsp, 'allows' | 'ask'>,
    private readonly telemetry: OcspTelemetry,
  ) {}

  /**
   * The OCSPResponse in DER (M06.FR.08), successful, current and about this certificate; null: none (M06.FR.04). Its
   * signature is checked by the car, which has the roots. Never rejects.
   */
  async of({ responderURL, ...hashData }: HashData & { responderURL: string }, now: Date): Promise<Buffer | null> {
    if (!this.ocsp.allows(responderURL) || this.underWay >= MAX_UNDER_WAY) return this.counted(null, 'not-asked');
    this.underWay += 1;
    try {
      const id = idFromHashData(hashData);
      // another responder may know nothing of it: the answer of one is not kept for requests to the others
      const key = `${responderURL}|${keyOf(id)}`;
      const before = this.kept.get(key);
      if (before !== undefined && now.getTime() < before.until) return this.counted(before.der, 'kept');
      const der = await this.ocsp.ask(responderURL, ocspRequest(id));
      const { status, nextUpdate } = readStatus(der, id, now);
      const until = Math.min(nextUpdate?.getTime() ?? Infinity, now.getTime() + MAX_KEPT_MS);
      if (status !== 'unknown') this.kept.set(key, { der, until });
      return this.counted(der, 'answered');
    } catch (error) {
      this.telemetry.ocspFailed(new URL(responderURL).host, error);
      return this.counted(null, 'failed');
    } finally {
      this.underWay -= 1;
    }
  }

  private counted(der: Buffer | null, outcome: 'kept' | 'answered' | 'failed' | 'not-asked'): Buffer | null {
    this.telemetry.ocspAnswered(outcome);
    return der;
  }
}
