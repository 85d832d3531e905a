import type { ReadCertificate } from './pkijs-certificate';

/**
 * Certificates in one path, the trusted one included: ISO 15118 has four (contract, two sub-CAs, root), a cross-signed
 * root one more.
 */
export const MAX_PATH = 5;

/** Extended key usage of clients of TLS. */
export const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';

/** From the certificate to one that is trusted; each signed by the next. */
export type Path = readonly ReadCertificate[];

/** The certificates of which paths are built: trusted anchors and untrusted intermediates. */
export interface Trust {
  /** The operator trusts each of them by itself: roots, and sub-CAs where he names them. */
  anchors: readonly ReadCertificate[];
  /** Others that may stand in between. That they were sent proves nothing. */
  pool: readonly ReadCertificate[];
}

/**
 * The way from a certificate to one that is trusted; null: there is none. Nothing but issuers and signatures is looked
 * at.
 */
export function pathTo(leaf: ReadCertificate, { anchors, pool }: Trust): Path | null {
  const path = [leaf];
  for (let current = leaf; !isAmong(current, anchors);) {
    const issuer = [...anchors, ...pool].find((other) => !isAmong(other, path) && issued(other, current));
    if (issuer === undefined || path.length >= MAX_PATH) return null;
    path.push(issuer);
    current = issuer;
  }
  return path;
}

/**
 * RFC 5280 section 6.1, as far as contract certificates go: dates, constraints, what is critical. Null: nothing is
 * wrong.
 */
export function flawOf(path: Path, now: Date): 'expired' | 'broken' | null {
  const signed = path.slice(0, -1); // a trust anchor needs no valid signature
  const broken =
    signed.some(({ strong }) => !strong) || path.some(({ strange, pathLength }, index) => strange || (pathLength ?? Infinity) < index - 1);
  if (broken || path.some(({ notBefore }) => notBefore > now)) return 'broken';
  return path.some(({ notAfter }) => notAfter < now) ? 'expired' : null;
}

/** Whether it is a CA that is named as issuer and has signed it. */
export function issued(issuer: ReadCertificate, subject: ReadCertificate): boolean {
  return issuer.x509.ca && subject.x509.checkIssued(issuer.x509) && subject.x509.verify(issuer.x509.publicKey);
}

/** Whether a client of TLS may use it: its extended key usage says so, or it has none. */
export function isForClients({ x509: { keyUsage } }: ReadCertificate): boolean {
  const usages = keyUsage as string[] | undefined; // the type has no undefined, for a certificate without the extension
  return usages === undefined || usages.includes(CLIENT_AUTHENTICATION);
}

function isAmong(one: ReadCertificate, others: readonly ReadCertificate[]): boolean {
  return others.some(({ x509 }) => x509.raw.equals(one.x509.raw));
}
