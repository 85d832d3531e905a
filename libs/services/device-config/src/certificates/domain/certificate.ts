import type { CertificateKind } from './certificate-kind';

/** A certificate of a station: one that was issued here, or another by which it has connected. */
export interface StationCertificate {
  id: string;
  station: string;
  kind: CertificateKind;
  /** SHA-256 of it, and its serial number, in lower-case hexadecimal. */
  fingerprint: string;
  serial: string;
  /** Name (DN) of the CA. */
  issuer: string;
  notBefore: Date;
  notAfter: Date;
  /** PEM of the chain that was issued here; null: it was issued elsewhere. */
  chain: string | null;
  addedAt: Date;
  /** When the station took it. */
  acceptedAt: Date | null;
  firstUsedAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
  /** Id of an API key, or `administrator`. */
  revokedBy: string | null;
  revocationReason: string | null;
}

/** What is not known of a certificate when it is first kept. */
const UNUSED = { acceptedAt: null, firstUsedAt: null, lastUsedAt: null, revokedAt: null, revokedBy: null, revocationReason: null };

export function newCertificate(given: Omit<StationCertificate, keyof typeof UNUSED>): StationCertificate {
  return { ...given, ...UNUSED };
}

export const CERTIFICATE_STATES = ['issued', 'accepted', 'in-use', 'expired', 'revoked'] as const;
type CertificateState = (typeof CERTIFICATE_STATES)[number];

export function stateOf({ revokedAt, notAfter, lastUsedAt, acceptedAt }: StationCertificate, now: Date): CertificateState {
  if (revokedAt !== null) return 'revoked';
  if (notAfter <= now) return 'expired';
  if (lastUsedAt !== null) return 'in-use';
  return acceptedAt === null ? 'issued' : 'accepted';
}
