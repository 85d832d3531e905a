import { createHash } from 'node:crypto';
import { plainSerial, type ReadCertificate } from './pkijs-certificate';

/** A certificate as OCSP names it: by its issuer and its number (RFC 6960 section 4.1.1). */
export interface CertificateId {
  digest: Digest;
  issuerNameHash: Buffer;
  issuerKeyHash: Buffer;
  /** Hexadecimal, without leading zeros. */
  serial: string;
}

export type Digest = 'sha256' | 'sha384' | 'sha512';
const DIGESTS = { SHA256: 'sha256', SHA384: 'sha384', SHA512: 'sha512' } as const;
const BYTES: Readonly<Record<Digest, number>> = { sha256: 32, sha384: 48, sha512: 64 };
/** RFC 5280 section 4.1.2.2 allows 20 octets. */
const MAX_SERIAL = 40;

/** OCSPRequestDataType as stations send it. */
export interface HashData {
  hashAlgorithm: keyof typeof DIGESTS;
  issuerNameHash: string;
  issuerKeyHash: string;
  serialNumber: string;
}

/** Throws where it names no certificate. */
export function idFromHashData({ hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber }: HashData): CertificateId {
  const digest = DIGESTS[hashAlgorithm];
  if (!/^[0-9a-f]+$/i.test(serialNumber)) throw new Error('a serial number that is not hexadecimal');
  const serial = plainSerial(serialNumber);
  if (serial.length > MAX_SERIAL) throw new Error('a serial number longer than any');
  return { digest, issuerNameHash: hashOf(issuerNameHash, digest), issuerKeyHash: hashOf(issuerKeyHash, digest), serial };
}

/** Hexadecimal, as OCPP wants it; some stations write base64. */
function hashOf(text: string, digest: Digest): Buffer {
  const bytes = /^[0-9a-f]+$/i.test(text) && text.length === 2 * BYTES[digest] ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (bytes.length !== BYTES[digest]) throw new Error(`a hash that is no ${digest}`);
  return bytes;
}

export function idOf(certificate: ReadCertificate, issuer: ReadCertificate, digest: Digest = 'sha256'): CertificateId {
  const hash = (bytes: Uint8Array) => createHash(digest).update(bytes).digest();
  return { digest, issuerNameHash: hash(certificate.issuer), issuerKeyHash: hash(issuer.publicKey), serial: certificate.serial };
}

/** Whether the id names this certificate as the issuer. */
export function namesIssuer({ digest, issuerNameHash, issuerKeyHash }: CertificateId, { subject, publicKey }: ReadCertificate): boolean {
  const hash = (bytes: Uint8Array) => createHash(digest).update(bytes).digest();
  return hash(subject).equals(issuerNameHash) && hash(publicKey).equals(issuerKeyHash);
}

/** The same for the same certificate, asked about with the same digest. */
export function keyOf({ digest, issuerNameHash, issuerKeyHash, serial }: CertificateId): string {
  return [digest, issuerNameHash.toString('hex'), issuerKeyHash.toString('hex'), serial].join('|');
}
