import { X509Certificate, createHash, randomBytes, sign, type KeyObject } from 'node:crypto';
import { BitString, IA5String, Integer, Null, OctetString, PrintableString, Sequence, Set as Asn1Set, Utf8String, fromBER } from 'asn1js';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  CertificateRevocationList,
  ExtKeyUsage,
  Extension,
  Extensions,
  PublicKeyInfo,
  RelativeDistinguishedNames,
  RevokedCertificate,
  Time,
} from 'pkijs';
import { COMMON_NAME, ORGANIZATION } from './pkijs-certificate';
import { pemOf } from './pkijs-signing-request';

/** A CA that signs here. */
export interface Issuer {
  certificate: X509Certificate;
  key: KeyObject;
}

/** The certificate that is to be made: nothing else is in it. */
interface CertificateContents {
  commonName: string;
  /** Null: its subject has none. */
  organization: string | null;
  /** DC of its subject, as ISO 15118-2 has it; null: none. */
  domainComponent: string | null;
  /** DER of its public key. */
  spki: Uint8Array;
  notBefore: Date;
  notAfter: Date;
  /** The key also agrees on keys (ISO 15118-2). */
  agrees: boolean;
  /** Object identifiers of its extended key usage; empty: it has none. */
  usages: readonly string[];
}

/** A certificate that was revoked. */
export interface RevokedSerial {
  /** Hexadecimal. */
  serial: string;
  revokedAt: Date;
}

const DOMAIN_COMPONENT = '0.9.2342.19200300.100.1.25';
const OID = {
  constraints: '2.5.29.19',
  usage: '2.5.29.15',
  usages: '2.5.29.37',
  subjectKey: '2.5.29.14',
  issuerKey: '2.5.29.35',
  crlNumber: '2.5.29.20',
};
/** 159 bits, and positive (RFC 5280 section 4.1.2.2). */
const SERIAL_BYTES = 20;
/** UTCTime ends with 2049. */
const LAST_UTC_YEAR = 2049;

/** Issues a certificate that is none of a CA, in PEM. Throws where the key cannot sign. */
export function issueCertificate(issuer: Issuer, contents: CertificateContents): string {
  const certificate = new Certificate();
  certificate.version = 2;
  const serial = randomBytes(SERIAL_BYTES);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  certificate.serialNumber = new Integer({ valueHex: Uint8Array.from(serial) });
  certificate.issuer = parsedCertificate(issuer.certificate).subject;
  certificate.subject = subjectOf(contents);
  certificate.notBefore = timeOf(contents.notBefore);
  certificate.notAfter = timeOf(contents.notAfter);
  certificate.subjectPublicKeyInfo = new PublicKeyInfo({ schema: fromBER(new Uint8Array(contents.spki)).result });
  certificate.extensions = extensionsOf(issuer, contents);
  certificate.signature = certificate.signatureAlgorithm = algorithmOf(issuer.key);
  certificate.signatureValue = signature(issuer.key, certificate.encodeTBS().toBER());
  return pemOf('CERTIFICATE', new Uint8Array(certificate.toSchema(true).toBER()));
}

/** Signs the list of all revoked certificates of the CA, in PEM. `number` grows with each list. */
export function signRevocationList(
  issuer: Issuer,
  { revoked, number, thisUpdate, nextUpdate }: { revoked: readonly RevokedSerial[]; number: number; thisUpdate: Date; nextUpdate: Date },
): string {
  const list = new SignableList();
  list.version = 1;
  list.issuer = parsedCertificate(issuer.certificate).subject;
  list.thisUpdate = timeOf(thisUpdate);
  list.nextUpdate = timeOf(nextUpdate);
  if (revoked.length > 0)
    list.revokedCertificates = revoked.map(
      ({ serial, revokedAt }) =>
        new RevokedCertificate({ userCertificate: new Integer({ valueHex: positive(serial) }), revocationDate: timeOf(revokedAt) }),
    );
  list.crlExtensions = new Extensions({
    extensions: [issuerKeyOf(issuer), extension(OID.crlNumber, new Integer({ value: number }).toBER())],
  });
  list.signature = list.signatureAlgorithm = algorithmOf(issuer.key);
  list.signatureValue = signature(issuer.key, list.contents());
  return pemOf('X509 CRL', new Uint8Array(list.toSchema(true).toBER()));
}

/** pkijs keeps what is to be signed to itself. */
class SignableList extends CertificateRevocationList {
  contents(): ArrayBuffer {
    return this.encodeTBS().toBER();
  }
}

function parsedCertificate({ raw }: X509Certificate): Certificate {
  return Certificate.fromBER(new Uint8Array(raw));
}

function subjectOf({ commonName, organization, domainComponent }: CertificateContents): RelativeDistinguishedNames {
  const named = [
    ...(organization === null ? [] : [{ type: ORGANIZATION, value: textOf(organization) }]),
    { type: COMMON_NAME, value: textOf(commonName) },
    ...(domainComponent === null ? [] : [{ type: DOMAIN_COMPONENT, value: new IA5String({ value: domainComponent }) }]),
  ];
  // each in a set of its own: pkijs would write one set of them all, which is another name
  const sets = named.map((one) => new Asn1Set({ value: [new AttributeTypeAndValue(one).toSchema()] }));
  return RelativeDistinguishedNames.fromBER(new Sequence({ value: sets }).toBER());
}

/** PrintableString where it holds the text: some stations read no other. */
function textOf(value: string): PrintableString | Utf8String {
  return /^[A-Za-z0-9 '()+,./:=?-]*$/.test(value) ? new PrintableString({ value }) : new Utf8String({ value });
}

/** RFC 5280 section 4.1.2.5. */
function timeOf(value: Date): Time {
  const late = value.getUTCFullYear() > LAST_UTC_YEAR;
  return new Time({ type: late ? 1 : 0, value });
}

/** Bits of the key usage from the first: digitalSignature; with keyAgreement, the fifth. */
const USAGE = { signs: 0x80, agrees: 0x88 } as const;

function extensionsOf(issuer: Issuer, { spki, agrees, usages }: CertificateContents): Extension[] {
  const unused = agrees ? 3 : 7;
  const usage = new BitString({ valueHex: Uint8Array.of(agrees ? USAGE.agrees : USAGE.signs), unusedBits: unused });
  return [
    extension(OID.constraints, new BasicConstraints({ cA: false }).toSchema().toBER(), true),
    extension(OID.usage, usage.toBER(), true),
    ...(usages.length === 0 ? [] : [extension(OID.usages, new ExtKeyUsage({ keyPurposes: [...usages] }).toSchema().toBER())]),
    extension(
      OID.subjectKey,
      new OctetString({ valueHex: keyIdentifier(new PublicKeyInfo({ schema: fromBER(new Uint8Array(spki)).result })) }).toBER(),
    ),
    issuerKeyOf(issuer),
  ];
}

function issuerKeyOf({ certificate }: Issuer): Extension {
  const { extensions = [], subjectPublicKeyInfo } = parsedCertificate(certificate);
  const own = extensions.find(({ extnID }) => extnID === OID.subjectKey)?.extnValue.valueBlock.valueHexView;
  const named = own === undefined ? null : fromBER(new Uint8Array(own)).result;
  const valueHex = named instanceof OctetString ? named.valueBlock.valueHexView : keyIdentifier(subjectPublicKeyInfo);
  return extension(OID.issuerKey, new AuthorityKeyIdentifier({ keyIdentifier: new OctetString({ valueHex }) }).toSchema().toBER());
}

/** RFC 5280 section 4.2.1.2 (1): SHA-1 of the key names it, and proves nothing. */
function keyIdentifier({ subjectPublicKey }: PublicKeyInfo): Uint8Array {
  return createHash('sha1').update(subjectPublicKey.valueBlock.valueHexView).digest();
}

function extension(extnID: string, extnValue: ArrayBuffer, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue });
}

const ECDSA: Readonly<Record<string, { id: string; digest: string }>> = {
  prime256v1: { id: '1.2.840.10045.4.3.2', digest: 'sha256' },
  secp384r1: { id: '1.2.840.10045.4.3.3', digest: 'sha384' },
  secp521r1: { id: '1.2.840.10045.4.3.4', digest: 'sha512' },
};
const RSA = { id: '1.2.840.113549.1.1.11', digest: 'sha256' };

/** By the kind of the key; RSA without PSS, which some stations cannot verify. */
function signingOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): { id: string; digest: string } {
  const found = type === 'rsa' ? RSA : ECDSA[details?.namedCurve ?? ''];
  if (found === undefined) throw new Error('a CA signs with RSA, or with ECDSA on P-256, P-384 or P-521');
  return found;
}

function algorithmOf(key: KeyObject): AlgorithmIdentifier {
  const algorithmId = signingOf(key).id;
  return new AlgorithmIdentifier(algorithmId === RSA.id ? { algorithmId, algorithmParams: new Null() } : { algorithmId });
}

function signature(key: KeyObject, content: ArrayBuffer): BitString {
  return new BitString({ valueHex: Uint8Array.from(sign(signingOf(key).digest, Buffer.from(content), key)) });
}

/** The bytes of a positive integer. */
function positive(hex: string): Uint8Array {
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  const bytes = Uint8Array.from(Buffer.from(even, 'hex'));
  return (bytes[0] ?? 0) >= 0x80 ? Uint8Array.of(0, ...bytes) : bytes;
}
