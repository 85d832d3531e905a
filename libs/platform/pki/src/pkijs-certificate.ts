import { X509Certificate, verify, type KeyObject } from 'node:crypto';
import type { BitString, Integer } from 'asn1js';
import { Certificate, type AlgorithmIdentifier } from 'pkijs';

/**
 * A certificate as it is judged. Signatures are checked by OpenSSL (`x509`); what it does not show is read beside it.
 */
export interface ReadCertificate {
  x509: X509Certificate;
  notBefore: Date;
  notAfter: Date;
  /** Null: none, or several. */
  commonName: string | null;
  /** O of its subject; null: none, or several. */
  organization: string | null;
  /** CAs that may stand below it; null: any number. */
  pathLength: number | null;
  /** Signed with SHA-256 or better. */
  strong: boolean;
  /**
   * Marked critical, and not known here: who does not understand it must not believe the certificate (RFC 5280 section
   * 4.2).
   */
  strange: boolean;
  /** Where its revocation may be asked about. */
  ocspUrls: readonly string[];
  /** DER, as OCSP hashes them (RFC 6960 section 4.1.1). */
  subject: Uint8Array;
  issuer: Uint8Array;
  publicKey: Uint8Array;
  /** Hexadecimal, without leading zeros. */
  serial: string;
  /** Names of its key and of the key that signed it (RFC 5280 section 4.2.1), in hexadecimal; null: not told. */
  keyId: string | null;
  issuerKeyId: string | null;
}

/** Signature algorithms that are believed, and their digest (null: part of the algorithm). */
const DIGESTS: Readonly<Record<string, string | null>> = {
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.3.101.112': null,
  '1.3.101.113': null,
};

export const COMMON_NAME = '2.5.4.3';
export const ORGANIZATION = '2.5.4.10';
const BASIC_CONSTRAINTS = '2.5.29.19';
const SUBJECT_KEY = '2.5.29.14';
const AUTHORITY_KEY = '2.5.29.35';
/** Basic constraints, key usage, extended key usage, certificate policies. Name constraints are not among them. */
const UNDERSTOOD = new Set([BASIC_CONSTRAINTS, '2.5.29.15', '2.5.29.37', '2.5.29.32']);
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Certificates of a PEM text, in its order. Throws where there is none, more than `most`, or one that cannot be read.
 */
export function readPem(pem: string, most: number): ReadCertificate[] {
  const blocks = pem.match(PEM) ?? [];
  if (blocks.length === 0 || blocks.length > most) throw new Error(`${blocks.length} certificates where 1 to ${most} may be`);
  return blocks.map((block) => readCertificate(new X509Certificate(block).raw));
}

/** Throws where it cannot be read. */
export function readCertificate(der: Uint8Array): ReadCertificate {
  const x509 = new X509Certificate(der);
  const parsed = Certificate.fromBER(new Uint8Array(der));
  const { subject, issuer, notBefore, notAfter, extensions = [] } = parsed;
  return {
    x509,
    notBefore: notBefore.value,
    notAfter: notAfter.value,
    commonName: nameOf(parsed, COMMON_NAME),
    organization: nameOf(parsed, ORGANIZATION),
    pathLength: pathLengthOf(parsed),
    strong: parsed.signatureAlgorithm.algorithmId in DIGESTS,
    strange: extensions.some(({ critical, extnID }) => critical && !UNDERSTOOD.has(extnID)),
    ocspUrls: [...(x509.infoAccess ?? '').matchAll(/^OCSP - URI:(\S+)$/gm)].map(([, url = '']) => url),
    subject: new Uint8Array(subject.valueBeforeDecode),
    issuer: new Uint8Array(issuer.valueBeforeDecode),
    publicKey: parsed.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView,
    serial: serialOf(parsed.serialNumber), // OpenSSL shows a negative one by its amount
    keyId: hexOf(extensionOf(parsed, SUBJECT_KEY)),
    issuerKeyId: hexOf((extensionOf(parsed, AUTHORITY_KEY) as { keyIdentifier?: unknown } | undefined)?.keyIdentifier),
  };
}

/** What is signed, and by what: as certificates, revocation lists and OCSP answers carry it. */
interface Signed {
  content: Uint8Array;
  algorithm: AlgorithmIdentifier;
  signature: BitString;
}

/** Whether the key of the certificate made the signature, by an algorithm that is believed. */
export function hasSigned({ x509 }: ReadCertificate, signed: Signed): boolean {
  return verified(x509.publicKey, signed);
}

/** Whether the key made the signature, by an algorithm that is believed. */
export function verified(key: KeyObject, { content, algorithm, signature }: Signed): boolean {
  const digest = DIGESTS[algorithm.algorithmId];
  return digest !== undefined && verify(digest, content, key, signature.valueBlock.valueHexView);
}

/** A serial number as it is encoded, in the form of `plainSerial`. */
export function serialOf({ valueBlock }: Integer): string {
  return plainSerial(Buffer.from(valueBlock.valueHexView).toString('hex'));
}

/** SHA-256 of the certificate, in lower-case hexadecimal; OpenSSL writes `AB:CD`. */
export function fingerprintOf({ x509 }: ReadCertificate): string {
  return x509.fingerprint256.replaceAll(':', '').toLowerCase();
}

/** As OCPP writes it: hexadecimal, without leading zeros. */
export function plainSerial(hex: string): string {
  return hex.replace(/^0+(?=.)/, '').toLowerCase();
}

function nameOf({ subject }: Certificate, wanted: string): string | null {
  const names = subject.typesAndValues.filter(({ type }) => type === wanted);
  const text: unknown = names[0]?.value.valueBlock.value;
  return names.length === 1 && typeof text === 'string' ? text : null;
}

/** What pkijs has read of an extension; it types it as any. */
function extensionOf({ extensions = [] }: Certificate, wanted: string): unknown {
  return extensions.find(({ extnID }) => extnID === wanted)?.parsedValue;
}

/** An octet string. */
function hexOf(value: unknown): string | null {
  const bytes = (value as { valueBlock?: { valueHexView?: Uint8Array } } | undefined)?.valueBlock?.valueHexView;
  return bytes === undefined || bytes.length === 0 ? null : Buffer.from(bytes).toString('hex');
}

function pathLengthOf(certificate: Certificate): number | null {
  const parsed = extensionOf(certificate, BASIC_CONSTRAINTS) as { pathLenConstraint?: unknown } | undefined;
  const length = parsed?.pathLenConstraint;
  return typeof length === 'number' ? length : null;
}
