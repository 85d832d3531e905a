import { createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { BitString, BmpString, Utf8String, fromBER } from 'asn1js';
import { AlgorithmIdentifier, AttributeTypeAndValue, CertificationRequest, PublicKeyInfo } from 'pkijs';

const COMMON_NAME = '2.5.4.3';
const ECDSA_SHA256 = '1.2.840.10045.4.3.2';

/** A request, rightly signed, with common names that OpenSSL's tools would not write. In PEM. */
export function forgedRequest(commonNames: readonly string[], form: 'utf8' | 'bmp' = 'utf8'): string {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const request = new ForgedRequest();
  request.version = 0;
  for (const value of commonNames) {
    const named = form === 'utf8' ? new Utf8String({ value }) : new BmpString({ value });
    request.subject.typesAndValues.push(new AttributeTypeAndValue({ type: COMMON_NAME, value: named }));
  }
  const spki = Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' }));
  request.subjectPublicKeyInfo = new PublicKeyInfo({ schema: fromBER(spki).result });
  request.attributes = [];
  request.signatureAlgorithm = new AlgorithmIdentifier({ algorithmId: ECDSA_SHA256 });
  request.signatureValue = new BitString({ valueHex: Uint8Array.from(sign('sha256', Buffer.from(request.contents()), privateKey)) });
  return pemOfRequest(Buffer.from(request.toSchema(true).toBER()));
}

/** A request with RSA of so many bits, whose private key nobody has. In PEM. */
export function longRequest(bits: number, commonName: string): string {
  const modulus = randomBytes(bits / 8);
  modulus[0] = 0xff;
  modulus[modulus.length - 1] = 0xff;
  const key = createPublicKey({ key: { kty: 'RSA', n: modulus.toString('base64url'), e: 'AQAB' }, format: 'jwk' });
  const request = CertificationRequest.fromBER(Uint8Array.from(derOfRequest(forgedRequest([commonName]))));
  const spki = Uint8Array.from(key.export({ format: 'der', type: 'spki' }));
  request.subjectPublicKeyInfo = new PublicKeyInfo({ schema: fromBER(spki).result });
  return pemOfRequest(Buffer.from(request.toSchema(true).toBER()));
}

export function pemOfRequest(der: Uint8Array): string {
  return `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
}

/** The bytes of a request in PEM. */
export function derOfRequest(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

/** pkijs keeps what is to be signed to itself. */
class ForgedRequest extends CertificationRequest {
  contents(): ArrayBuffer {
    return this.encodeTBS().toBER();
  }
}
