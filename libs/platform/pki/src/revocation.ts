import { LRUCache } from 'lru-cache';
import { keyOf, type CertificateId } from './certificate-id';
import type { Trust } from './certificate-chain';
import type { HttpOcsp } from './http-ocsp';
import { ocspRequest, readOcspResponse, type OcspStatus } from './pkijs-ocsp';

/**
 * Answers kept, each until its next update, and no longer than this: what was revoked since must not be let in all day.
 */
const MAX_KEPT = 10_000;
export const MAX_KEPT_MS = 3_600_000;
/** Questions under way at once in a process; beyond, nobody is asked. */
export const MAX_UNDER_WAY = 32;

/** What is counted and logged of responders. */
export interface OcspTelemetry {
  ocspAnswered(outcome: 'answered' | 'kept' | 'failed' | 'not-asked'): void;
  ocspFailed(responder: string, error: unknown): void;
}

/** `unavailable`: nobody could be asked, or nobody answered what can be believed. */
export type Revocation = OcspStatus['status'] | 'unavailable';

/**
 * Whether certificates were revoked, by their issuers' word (C07.FR.05: real-time or cached OCSP data). Never rejects.
 */
export class Revocations {
  private readonly kept = new LRUCache<string, { status: OcspStatus['status']; until: number }>({ max: MAX_KEPT });
  private underWay = 0;

  constructor(
    private readonly ocsp: Pick<HttpOcsp, 'allows' | 'ask'>,
    private readonly telemetry: OcspTelemetry,
  ) {}

  /** `addresses`: the responders that the certificate, or the station, names; the first allowed one is asked. */
  async of(id: CertificateId, addresses: readonly string[], trust: Trust, now: Date): Promise<Revocation> {
    const key = keyOf(id);
    const before = this.kept.get(key);
    if (before !== undefined && now.getTime() < before.until) return this.counted(before.status, 'kept');
    const address = addresses.find((one) => this.ocsp.allows(one));
    if (address === undefined || this.underWay >= MAX_UNDER_WAY) return this.counted('unavailable', 'not-asked');
    this.underWay += 1;
    try {
      const { status, nextUpdate } = readOcspResponse(await this.ocsp.ask(address, ocspRequest(id)), id, trust, now);
      const until = Math.min(nextUpdate?.getTime() ?? Infinity, now.getTime() + MAX_KEPT_MS);
      if (status !== 'unknown') this.kept.set(key, { status, until });
      return this.counted(status, 'answered');
    } catch (error) {
      this.telemetry.ocspFailed(new URL(address).host, error);
      return this.counted('unavailable', 'failed');
    } finally {
      this.underWay -= 1;
    }
  }

  private counted(status: Revocation, outcome: 'kept' | 'answered' | 'failed' | 'not-asked'): Revocation {
    this.telemetry.ocspAnswered(outcome);
    return status;
  }
}
