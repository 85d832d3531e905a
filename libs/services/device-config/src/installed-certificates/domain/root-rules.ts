import type { Protocol } from '@voltbus/contracts';
import type { PublicKeyFacts } from '@voltbus/pki';
import { MAX_PEM } from '../limits';
import { isAtStation, type InstalledCertificate, type RootKind } from './installed-certificate';

/** A certificate that is to be installed, as it is judged. */
export interface JudgedRoot {
  isAuthority: boolean;
  /** Signed with SHA-256 or better. */
  strong: boolean;
  key: Pick<PublicKeyFacts, 'type' | 'bits' | 'exponent' | 'curve'>;
  notBefore: Date;
  notAfter: Date;
  /** Characters of its PEM, and bytes of it. */
  pemLength: number;
}

/** What a station tells of its store of certificates; null: it does not. */
export interface StoreLimits {
  /** `CertificateEntries` of 2.x, `CertificateStoreMaxLength` of 1.6. */
  entries: number | null;
  /** `MaxCertificateChainSize`, in bytes. */
  chainSize: number | null;
  /** `AdditionalRootCertificateCheck`: a new root of the CSMS must be signed by the one that it replaces. */
  checksRoots: boolean;
}

/** A00.FR.503: 112 bits or more. Above, a signature takes longer than a small station's patience. */
const RSA_BITS = { least: 2_048, most: 4_096 } as const;
const USUAL_EXPONENT = 65_537n;
const CURVES: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1'];
const KINDS_OF: Readonly<Record<Protocol, readonly RootKind[]>> = {
  'ocpp1.6': ['CSMSRootCertificate', 'ManufacturerRootCertificate'],
  'ocpp2.0.1': ['CSMSRootCertificate', 'ManufacturerRootCertificate', 'V2GRootCertificate', 'MORootCertificate'],
  'ocpp2.1': ['CSMSRootCertificate', 'ManufacturerRootCertificate', 'V2GRootCertificate', 'MORootCertificate', 'OEMRootCertificate'],
};

/** Why a station that speaks this version has no such certificates; null: it has. */
export function unknownKind(protocol: Protocol, kind: RootKind): string | null {
  return KINDS_OF[protocol].includes(kind) ? null : `stations of ${protocol} have no ${kind}`;
}

/** M05.FR.07 (1.6: M05.FR.06): a station refuses what is no valid CA certificate, so that it is not sent. Null: nothing is wrong. */
export function flawOf(root: JudgedRoot, protocol: Protocol, now: Date): string | null {
  if (root.pemLength > MAX_PEM[protocol]) return `has more than ${MAX_PEM[protocol]} characters`;
  if (!root.isAuthority) return 'is not a certificate of a CA';
  if (!root.strong) return 'is signed by a weaker algorithm than SHA-256';
  if (!isStrong(root.key))
    return 'has a key that is too weak or of another kind: RSA has 2048 to 4096 bits, ECDSA has P-256, P-384 or P-521';
  if (root.notBefore > now) return `is not valid before ${root.notBefore.toISOString()}`;
  return root.notAfter > now ? null : `has expired at ${root.notAfter.toISOString()}`;
}

function isStrong({ type, bits, exponent, curve }: JudgedRoot['key']): boolean {
  if (type === 'ec') return CURVES.includes(curve ?? '');
  return type === 'rsa' && bits >= RSA_BITS.least && bits <= RSA_BITS.most && exponent === USUAL_EXPONENT;
}

/** M05.FR.06 (1.6: M05.FR.03): why the store of the station does not take one more; null: it does. */
export function beyondStore(
  { entries, chainSize }: StoreLimits,
  { pemLength, others }: { pemLength: number; others: number },
): string | null {
  if (chainSize !== null && pemLength > chainSize) return `the station takes no certificates of more than ${chainSize} bytes`;
  if (entries !== null && others >= entries) return `the station has ${others} certificates, and takes no more than ${entries}`;
  return null;
}

/**
 * M05.FR.08 to 10: with `AdditionalRootCertificateCheck` there is one root of the CSMS, beside one that falls away, and the new one must be signed by it.
 * `signedBy`: whether a certificate of the station that is known here has signed the new one. Null: nothing forbids it.
 */
export function forbiddenRoot(
  all: readonly InstalledCertificate[],
  kind: RootKind,
  { checksRoots, signedBy }: { checksRoots: boolean; signedBy(pem: string): boolean },
): string | null {
  if (!checksRoots || kind !== 'CSMSRootCertificate') return null;
  const present = all.filter((one) => one.kind === kind && isAtStation(one));
  if (present.length > 1) return 'the station has two roots of the CSMS, and takes no third (AdditionalRootCertificateCheck)';
  const [old] = present;
  if (old === undefined || old.pem === null) return null; // nobody here knows it: the station judges
  return signedBy(old.pem)
    ? null
    : 'the station takes a root of the CSMS only if the one that it has has signed it (AdditionalRootCertificateCheck)';
}
