import type { PublicKeyFacts, ReadSigningRequest } from '@voltbus/pki';
import type { CertificateKind } from './certificate-kind';

/** Why a request for a certificate is refused. */
export type RequestFlaw = 'unreadable' | 'weak-key' | 'bad-signature' | 'other-station' | 'other-organization';

/** What a certificate of a station says of it. */
interface StationSubject {
  station: string;
  /** Null: the certificates of the tenant name no organization. */
  organization: string | null;
}

/** A00.FR.503: 112 bits or more. Above, a signature takes longer than a small station's patience. */
const RSA_BITS = { least: 2_048, most: 4_096 } as const;
const USUAL_EXPONENT = 65_537n;
/** ISO 15118-2 has P-256, ISO 15118-20 has P-521. */
const CURVES: Readonly<Record<CertificateKind, readonly string[]>> = {
  ChargingStationCertificate: ['prime256v1', 'secp384r1', 'secp521r1'],
  V2GCertificate: ['prime256v1'],
  V2G20Certificate: ['secp521r1'],
};

/**
 * Judges a request (A02.FR.03, A00.FR.503, 507, 511): the key, that the station has it, and that the request names this station and nobody else. A request that
 * names no organization is taken: the certificate names it all the same. Null: nothing is wrong.
 */
export function flawOf(request: ReadSigningRequest, kind: CertificateKind, { station, organization }: StationSubject): RequestFlaw | null {
  if (!isStrong(request.key, kind)) return 'weak-key';
  if (!request.signed()) return 'bad-signature';
  const [commonName, ...further] = request.commonNames;
  if (commonName !== station || further.length > 0) return 'other-station';
  if (organization !== null && request.organizations.some((named) => named !== organization)) return 'other-organization';
  return null;
}

function isStrong({ type, bits, exponent, curve }: PublicKeyFacts, kind: CertificateKind): boolean {
  if (type === 'ec') return CURVES[kind].includes(curve ?? '');
  const rsa = type === 'rsa' && bits >= RSA_BITS.least && bits <= RSA_BITS.most && exponent === USUAL_EXPONENT;
  return rsa && kind === 'ChargingStationCertificate'; // ISO 15118 has no RSA
}
