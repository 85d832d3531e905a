import { sign, type KeyObject } from 'node:crypto';
import { BitString, Sequence, Set as Asn1Set, Utf8String, fromBER } from 'asn1js';
import { AlgorithmIdentifier, AttributeTypeAndValue, CertificationRequest, PublicKeyInfo, RelativeDistinguishedNames } from 'pkijs';

const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const ECDSA_SHA256 = '1.2.840.10045.4.3.2';

interface RequestedSubject {
  commonName: string;
  /** Null: the request names none. */
  organization: string | null;
}

/** A request for a certificate (PKCS #10) of an ECDSA key, in PEM. */
export function signingRequest(
  { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject },
  { commonName, organization }: RequestedSubject,
): string {
  const request = new SignableRequest();
  request.version = 0;
  request.subject = nameOf([...(organization === null ? [] : ([[ORGANIZATION, organization]] as const)), [COMMON_NAME, commonName]]);
  const spki = Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' }));
  request.subjectPublicKeyInfo = new PublicKeyInfo({ schema: fromBER(spki).result });
  request.attributes = [];
  request.signatureAlgorithm = new AlgorithmIdentifier({ algorithmId: ECDSA_SHA256 });
  request.signatureValue = new BitString({ valueHex: Uint8Array.from(sign('sha256', Buffer.from(request.contents()), privateKey)) });
  const base64 = Buffer.from(request.toSchema(true).toBER()).toString('base64');
  return `-----BEGIN CERTIFICATE REQUEST-----\n${base64.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE REQUEST-----\n`;
}

/** Each part in a set of its own. */
function nameOf(parts: readonly (readonly [type: string, value: string])[]): RelativeDistinguishedNames {
  const sets = parts.map(([type, value]) => {
    const named = new AttributeTypeAndValue({ type, value: new Utf8String({ value }) });
    return new Asn1Set({ value: [named.toSchema()] });
  });
  return RelativeDistinguishedNames.fromBER(new Sequence({ value: sets }).toBER());
}

/** pkijs keeps what is to be signed to itself. */
class SignableRequest extends CertificationRequest {
  contents(): ArrayBuffer {
    return this.encodeTBS().toBER();
  }
}
