import { X509Certificate } from 'node:crypto';

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of a PEM text, in its order; null in the place of one that cannot be read. */
export function certificatesOf(pem: string): (X509Certificate | null)[] {
  return (pem.match(BLOCK) ?? []).map((block) => {
    try {
      return new X509Certificate(block);
    } catch {
      return null;
    }
  });
}

/** Why a text holds no certificates that can be used, whatever their dates are; null where it does. */
export function certificatesProblem(pem: string): string | null {
  const certificates = certificatesOf(pem);
  if (certificates.length === 0) return 'holds no certificate in PEM';
  const unreadable = certificates.indexOf(null);
  return unreadable < 0 ? null : `its certificate ${unreadable + 1} cannot be read`;
}
