import { X509Certificate, createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { fromBER } from 'asn1js';
import { CertificationRequest } from 'pkijs';
import { COMMON_NAME, ORGANIZATION, verified } from './pkijs-certificate';

/** The longest request in PEM: as OCPP has it (SignCertificateRequest.csr). */
const MAX_REQUEST_CHARACTERS = 5_500;

/** A request for a certificate (PKCS #10, RFC 2986) as it is judged. Whatever else it asks for, such as extensions, is not read. */
export interface ReadSigningRequest {
  der: Uint8Array;
  /** SHA-256 of it, in hexadecimal. */
  digest: string;
  /** Values of its subject, in its order. */
  commonNames: readonly string[];
  organizations: readonly string[];
  key: PublicKeyFacts;
  /** It is signed by that key, with SHA-256 or better: whoever made it has the private key. */
  signed(): boolean;
}

/** A public key, as far as it can be judged. */
export interface PublicKeyFacts {
  /** DER (SubjectPublicKeyInfo), as OpenSSL writes it. */
  spki: Uint8Array;
  /** `rsa`, `ec` or another that OpenSSL knows. */
  type: string;
  /** Of RSA; 0: it is another. */
  bits: number;
  /** Of RSA; null: it is another. */
  exponent: bigint | null;
  /** Name of the curve as OpenSSL has it; null: it has none. */
  curve: string | null;
}

const PEM = /^-----BEGIN (NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END \1?CERTIFICATE REQUEST-----$/;

/**
 * Reads one request: PEM, or DER in hexadecimal or base64 (first editions of the 1.6 security whitepaper). Throws where it is longer than that, is none, or has
 * something before or behind it.
 */
export function readSigningRequest(text: string): ReadSigningRequest {
  if (text.length > MAX_REQUEST_CHARACTERS) throw new Error(`has more than ${MAX_REQUEST_CHARACTERS} characters`);
  const der = derOf(text.trim());
  const request = parsed(der);
  const key = createPublicKey({ key: Buffer.from(request.subjectPublicKeyInfo.toSchema().toBER()), format: 'der', type: 'spki' });
  const { tbsView, signatureAlgorithm, signatureValue } = request;
  return {
    der,
    digest: createHash('sha256').update(der).digest('hex'),
    commonNames: valuesOf(request, COMMON_NAME),
    organizations: valuesOf(request, ORGANIZATION),
    key: factsOf(key),
    signed: () => verified(key, { content: tbsView, algorithm: signatureAlgorithm, signature: signatureValue }),
  };
}

/** The key of a certificate. */
export function publicKeyOf(certificate: X509Certificate): PublicKeyFacts {
  return factsOf(certificate.publicKey);
}

/** A request in PEM, as `openssl req` writes it. */
export function requestPem(der: Uint8Array): string {
  return pemOf('CERTIFICATE REQUEST', der);
}

/** RFC 7468. */
export function pemOf(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g);
  return `-----BEGIN ${label}-----\n${(lines ?? []).join('\n')}\n-----END ${label}-----\n`;
}

function derOf(text: string): Uint8Array {
  const base64 = PEM.exec(text)?.[2];
  if (base64 !== undefined) return bytesOf(base64.replace(/\s/g, ''));
  if (/^([0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex');
  return bytesOf(text);
}

function bytesOf(base64: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new Error('is not one request in PEM');
  return Buffer.from(base64, 'base64');
}

/** The whole of it is one request: what stands behind it would be read by others and not here. */
function parsed(der: Uint8Array): CertificationRequest {
  const { offset, result } = fromBER(new Uint8Array(der));
  if (offset !== der.length || result.error !== '') throw new Error('is not one request in DER');
  return CertificationRequest.fromBER(new Uint8Array(der));
}

function valuesOf({ subject }: CertificationRequest, wanted: string): string[] {
  return subject.typesAndValues
    .filter(({ type }) => type === wanted)
    .map(({ value }) => {
      const text: unknown = value.valueBlock.value;
      return typeof text === 'string' ? text : '';
    });
}

function factsOf(key: KeyObject): PublicKeyFacts {
  const { modulusLength = 0, publicExponent = null, namedCurve = null } = key.asymmetricKeyDetails ?? {};
  return {
    spki: key.export({ format: 'der', type: 'spki' }),
    type: key.asymmetricKeyType ?? 'unknown',
    bits: modulusLength,
    exponent: publicExponent,
    curve: namedCurve,
  };
}
