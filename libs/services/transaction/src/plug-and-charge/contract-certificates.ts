import {
  Revocations,
  flawOf,
  idFromHashData,
  idOf,
  pathTo,
  readPem,
  type CertificateId,
  type HashData,
  type HttpOcsp,
  type Path,
  type ReadCertificate,
  type Revocation,
} from '@voltbus/pki';
import type { CertificateFinding } from './domain/contract-certificate';
import { isSameContract } from './domain/contract-certificate';
import type { TransactionTelemetry } from '../telemetry';

/** Certificates in one Authorize: a contract, its sub-CAs, a root that some stations add, and one to spare. */
export const MAX_SENT = 6;
/** Certificates that an operator may trust. */
export const MAX_ANCHORS = 1_000;

export interface ContractCertificateSettings {
  /** PEM; absent: no chain can be verified. */
  roots: string | undefined;
  /** A certificate whose revocation status is not available. */
  ocspUnavailable: 'refuse' | 'accept';
}

/**
 * What a station sends of a contract certificate: the chain (central validation), or what OCSP wants to know of it (it
 * has validated the chain itself), or both.
 */
export interface PresentedCertificate {
  emaid: string;
  certificate: string | undefined;
  hashData: readonly (HashData & { responderURL: string })[];
}

interface Question {
  id: CertificateId;
  addresses: readonly string[];
}

/** Judges contract certificates (C07). */
export class ContractCertificates {
  private readonly anchors: readonly ReadCertificate[];
  private readonly revocations;

  constructor(
    private readonly settings: ContractCertificateSettings,
    ocsp: Pick<HttpOcsp, 'allows' | 'ask'>,
    private readonly telemetry: TransactionTelemetry,
  ) {
    this.anchors = settings.roots === undefined ? [] : readPem(settings.roots, MAX_ANCHORS);
    this.revocations = new Revocations(ocsp, telemetry);
  }

  /** C07.FR.05, C07.FR.13 to FR.17. Never rejects: what cannot be read is `unverified`. */
  async judge(sent: PresentedCertificate, now: Date): Promise<CertificateFinding> {
    const finding = await this.look(sent, now).catch((error: unknown) => {
      this.telemetry.contractCertificateUnreadable(error);
      return 'unverified' as const;
    });
    this.telemetry.contractCertificateJudged(finding);
    return finding;
  }

  private async look({ emaid, certificate, hashData }: PresentedCertificate, now: Date): Promise<CertificateFinding> {
    if (certificate === undefined) return this.revoked(hashData.map(asked), [], now);
    const pool = readPem(certificate, MAX_SENT);
    const leaf = pool.find(({ x509 }) => !x509.ca);
    if (leaf === undefined || leaf.commonName === null || !isSameContract(emaid, leaf.commonName)) return 'unverified';
    const path = pathTo(leaf, { anchors: this.anchors, pool });
    if (path === null) return 'unverified';
    const flaw = flawOf(path, now);
    if (flaw !== null) return flaw === 'expired' ? 'expired' : 'unverified';
    return this.revoked(questionsAbout(path, hashData), pool, now);
  }

  /** All of them must be good; the one that was revoked counts above the one that nobody knows. */
  private async revoked(questions: readonly Question[], pool: readonly ReadCertificate[], now: Date): Promise<CertificateFinding> {
    const trust = { anchors: this.anchors, pool };
    const statuses = await Promise.all(questions.map(({ id, addresses }) => this.revocations.of(id, addresses, trust, now)));
    if (statuses.includes('revoked')) return 'revoked';
    const bad: readonly Revocation[] = this.settings.ocspUnavailable === 'accept' ? ['unknown'] : ['unknown', 'unavailable'];
    return statuses.length > 0 && !statuses.some((status) => bad.includes(status)) ? 'valid' : 'unverified';
  }
}

function asked({ responderURL, ...hashData }: HashData & { responderURL: string }): Question {
  return { id: idFromHashData(hashData), addresses: [responderURL] };
}

/**
 * The OCSP requests for the path below its anchor. A certificate names its responder; else the station may (C07.FR.02).
 */
function questionsAbout(path: Path, hashData: PresentedCertificate['hashData']): Question[] {
  return path.slice(0, -1).map((certificate, index) => {
    const issuer = path[index + 1];
    if (issuer === undefined) throw new Error('the last of a path is trusted');
    const presented = hashData.filter(({ serialNumber }) => serialNumber.replace(/^0+(?=.)/, '').toLowerCase() === certificate.serial);
    return { id: idOf(certificate, issuer), addresses: [...certificate.ocspUrls, ...presented.map(({ responderURL }) => responderURL)] };
  });
}
