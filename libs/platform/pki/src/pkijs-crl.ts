import { CertificateRevocationList } from 'pkijs';
import { hasSigned, serialOf, type ReadCertificate } from './pkijs-certificate';

/** The certificates that a CA has revoked, of all that it has issued. */
export interface RevocationList {
  /** DER of the CA's name, as its certificates carry it. */
  issuer: Uint8Array;
  thisUpdate: Date;
  /** Null: it names none. */
  nextUpdate: Date | null;
  /** Hexadecimal, without leading zeros. */
  serials: ReadonlySet<string>;
}

/** The longest file of lists: some 25,000 certificates. It is read at once, and stations wait meanwhile. */
export const MAX_CRL_BYTES = 1024 * 1024;
const PEM = /-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/g;
/** Authority key identifier, CRL number, freshest CRL: they do not change what is in the list. Others may say that it is a part of one. */
const UNDERSTOOD = new Set(['2.5.29.35', '2.5.29.20', '2.5.29.46']);
const DELTA = '2.5.29.27';

/**
 * The lists of a file, in PEM or DER. Throws where one cannot be read, is a part of a list only, or is not signed by one of the issuers: else anybody who may
 * write the file could say that nothing was revoked.
 */
export function readRevocationLists(file: Uint8Array, issuers: readonly ReadCertificate[]): RevocationList[] {
  if (file.length > MAX_CRL_BYTES) throw new Error(`has more than ${MAX_CRL_BYTES} bytes`);
  const blocks = [...Buffer.from(file).toString('latin1').matchAll(PEM)].map(([, base64 = '']) => Buffer.from(base64, 'base64'));
  return (blocks.length > 0 ? blocks : [file]).map((der) => readList(der, issuers));
}

function readList(der: Uint8Array, issuers: readonly ReadCertificate[]): RevocationList {
  const list = parsed(der);
  const issuer = new Uint8Array(list.issuer.valueBeforeDecode);
  const named = issuers.filter(({ subject }) => Buffer.from(subject).equals(issuer));
  if (named.length === 0) throw new Error('is the list of a CA that is not among the trusted ones');
  const signed = { content: list.tbsView, algorithm: list.signatureAlgorithm, signature: list.signatureValue };
  if (!named.some((ca) => ca.x509.ca && hasSigned(ca, signed))) throw new Error('is not signed by the CA that it names');
  const extensions = list.crlExtensions?.extensions ?? [];
  const partial = extensions.some(({ critical, extnID }) => extnID === DELTA || (critical && !UNDERSTOOD.has(extnID)));
  if (partial) throw new Error('is a part of a list only');
  return {
    issuer,
    thisUpdate: list.thisUpdate.value,
    nextUpdate: list.nextUpdate?.value ?? null,
    serials: new Set((list.revokedCertificates ?? []).map(({ userCertificate }) => serialOf(userCertificate))),
  };
}

function parsed(der: Uint8Array): CertificateRevocationList {
  try {
    return CertificateRevocationList.fromBER(Uint8Array.from(der));
  } catch {
    throw new Error('holds no revocation list');
  }
}

/** By the list of the CA that issued it. `unknown`: there is none of that CA, or none that is current. */
export function statusByList(certificate: ReadCertificate, lists: readonly RevocationList[], now: Date): 'good' | 'revoked' | 'unknown' {
  const ofIssuer = lists.filter(({ issuer }) => Buffer.from(issuer).equals(certificate.issuer));
  if (ofIssuer.some(({ serials }) => serials.has(certificate.serial))) return 'revoked';
  return ofIssuer.some(({ thisUpdate, nextUpdate }) => thisUpdate <= now && (nextUpdate ?? now) >= now) ? 'good' : 'unknown';
}
