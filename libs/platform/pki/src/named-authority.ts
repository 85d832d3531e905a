import { createHash } from 'node:crypto';
import type { ReadCertificate } from './pkijs-certificate';

/** A CA as the certificates below it name it. */
export interface NamedAuthority {
  /** SHA-256 of its name (DN, in DER), in hexadecimal. */
  nameHash: string;
  /** The name of its key (RFC 5280 section 4.2.1.2), in hexadecimal; null: not told. */
  keyId: string | null;
}

/** The CA itself. */
export function authorityOf({ subject, keyId }: ReadCertificate): NamedAuthority {
  return { nameHash: sha256(subject), keyId };
}

/** The CA that has issued a certificate. */
export function issuerOf({ issuer, issuerKeyId }: ReadCertificate): NamedAuthority {
  return { nameHash: sha256(issuer), keyId: issuerKeyId };
}

/** Whether both may be the same CA. Where one of them tells no key, the name alone decides. */
export function isSameAuthority(one: NamedAuthority, other: NamedAuthority): boolean {
  return one.nameHash === other.nameHash && (one.keyId === null || other.keyId === null || one.keyId === other.keyId);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
