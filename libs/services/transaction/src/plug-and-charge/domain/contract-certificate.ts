/**
 * The result of the validation of a contract certificate; `unverified`: its validity, or that it was not revoked, could
 * not be shown.
 */
export type CertificateFinding = 'valid' | 'expired' | 'revoked' | 'unverified';

/** An eMAID is written with and without dashes, in any case. */
export function isSameContract(emaid: string, commonName: string): boolean {
  return plain(emaid) === plain(commonName);
}

function plain(emaid: string): string {
  return emaid.replace(/[-\s]/g, '').toUpperCase();
}
