import { KeyObject, createHash, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { BitString, Integer, OctetString, PrintableString, Utf8String } from 'asn1js';
import {
  AccessDescription,
  AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  CryptoEngine,
  ExtKeyUsage,
  Extension,
  GeneralName,
  GeneralNames,
  InfoAccess,
  setEngine,
} from 'pkijs';

const DAY_MS = 86_400_000;

/** Deviations of a certificate from a valid one. */
export interface CertificateWish {
  /** CAs that may stand below it. */
  pathLength?: number;
  notBefore?: Date;
  notAfter?: Date;
  /** The address of its OCSP responder. */
  ocspUrl?: string;
  /** Object identifiers of extended key usages. */
  usages?: string[];
  /** Its key usage allows signing certificates, though it is no CA. */
  mayCertify?: boolean;
  /** An extension that nobody knows, marked critical. */
  strange?: boolean;
  /** Host names of a server, and addresses (IPv4). */
  names?: string[];
  /** Digest of the signature. */
  digest?: 'SHA-1' | 'SHA-256';
  /** Its organization (O). */
  organization?: string;
  /** RSA of so many bits, instead of ECDSA. */
  rsaBits?: number;
  /** The bytes of its serial number; the highest bit makes it negative. */
  serial?: Uint8Array;
}

/** A certificate with its private key, for tests: ECDSA on P-256, as ISO 15118-2 has it. */
export class TestCertificate {
  private constructor(
    readonly certificate: Certificate,
    readonly keys: webcrypto.CryptoKeyPair,
    readonly issuer: TestCertificate | null,
  ) {}

  /** A root CA. */
  static root(name: string, wish: CertificateWish = {}): Promise<TestCertificate> {
    return make(name, { ca: true, issuer: null, wish }, (...parts) => new TestCertificate(...parts));
  }

  /** A CA below this one. */
  ca(name: string, wish: CertificateWish = {}): Promise<TestCertificate> {
    return make(name, { ca: true, issuer: this, wish }, (...parts) => new TestCertificate(...parts));
  }

  /** Not a CA. */
  leaf(name: string, wish: CertificateWish = {}): Promise<TestCertificate> {
    return make(name, { ca: false, issuer: this, wish }, (...parts) => new TestCertificate(...parts));
  }

  get pem(): string {
    const base64 = Buffer.from(this.certificate.toSchema(true).toBER()).toString('base64');
    return `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`;
  }

  /** The private key, in PEM. */
  get keyPem(): string {
    return KeyObject.from(this.keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  get serial(): string {
    return Buffer.from(this.certificate.serialNumber.valueBlock.valueHexView)
      .toString('hex')
      .replace(/^0+(?=.)/, '');
  }

  /** OCSPRequestDataType, as a station sends it. */
  hashData(responderURL: string, hashAlgorithm: 'SHA256' | 'SHA384' | 'SHA512' = 'SHA256') {
    const { certificate } = this.issuer ?? this;
    const hash = (bytes: ArrayBuffer | Uint8Array) => createHash(hashAlgorithm).update(new Uint8Array(bytes)).digest('hex');
    return {
      hashAlgorithm,
      issuerNameHash: hash(this.certificate.issuer.toSchema().toBER()),
      issuerKeyHash: hash(certificate.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView),
      serialNumber: this.serial,
      responderURL,
    };
  }
}

interface Standing {
  ca: boolean;
  issuer: TestCertificate | null;
  wish: CertificateWish;
}

async function make(
  name: string,
  { ca, issuer, wish }: Standing,
  built: (certificate: Certificate, keys: webcrypto.CryptoKeyPair, issuer: TestCertificate | null) => TestCertificate,
): Promise<TestCertificate> {
  setEngine('node', new CryptoEngine({ name: 'node', crypto: webcrypto })); // here, so that specs without certificates do not load pkijs
  const keys = await keysOf(wish);
  const certificate = new Certificate();
  certificate.version = 2;
  certificate.serialNumber = new Integer({ valueHex: wish.serial ?? Uint8Array.of(0x7f, ...randomBytes(8)) });
  for (const [type, value] of Object.entries({ '2.5.4.10': wish.organization, '2.5.4.3': name }))
    if (value !== undefined) certificate.subject.typesAndValues.push(new AttributeTypeAndValue({ type, value: textOf(value) }));
  certificate.issuer.typesAndValues.push(...(issuer?.certificate ?? certificate).subject.typesAndValues);
  certificate.notBefore.value = wish.notBefore ?? new Date(Date.now() - DAY_MS);
  certificate.notAfter.value = wish.notAfter ?? new Date(Date.now() + DAY_MS);
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey);
  certificate.extensions = extensions(ca, wish);
  await certificate.sign((issuer?.keys ?? keys).privateKey, wish.digest ?? 'SHA-256');
  return built(Certificate.fromBER(certificate.toSchema(true).toBER()), keys, issuer);
}

function keysOf({ rsaBits }: CertificateWish): Promise<webcrypto.CryptoKeyPair> {
  if (rsaBits === undefined) return webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const rsa = { name: 'RSASSA-PKCS1-v1_5', modulusLength: rsaBits, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' };
  return webcrypto.subtle.generateKey(rsa, true, ['sign', 'verify']);
}

/** PrintableString, as most certificates have it, where that holds the text. */
function textOf(value: string): PrintableString | Utf8String {
  return /^[A-Za-z0-9 '()+,./:=?-]*$/.test(value) ? new PrintableString({ value }) : new Utf8String({ value });
}

/** Bits of a key usage, from the first: digitalSignature; keyCertSign and cRLSign. */
const KEY_USAGES = { leaf: Uint8Array.of(0x80), ca: Uint8Array.of(0x06) };

function extensions(ca: boolean, { pathLength, ocspUrl, usages, mayCertify = ca, strange = false, names }: CertificateWish): Extension[] {
  const constraints = new BasicConstraints({ cA: ca, ...(pathLength === undefined ? {} : { pathLenConstraint: pathLength }) });
  const usage = new BitString({ valueHex: KEY_USAGES[mayCertify ? 'ca' : 'leaf'] });
  const list = [extension('2.5.29.19', constraints.toSchema().toBER(), true), extension('2.5.29.15', usage.toBER(), true)];
  if (usages !== undefined) list.push(extension('2.5.29.37', new ExtKeyUsage({ keyPurposes: usages }).toSchema().toBER()));
  if (names !== undefined) list.push(extension('2.5.29.17', namesOf(names).toSchema().toBER()));
  if (ocspUrl !== undefined) list.push(extension('1.3.6.1.5.5.7.1.1', accessTo(ocspUrl).toSchema().toBER()));
  if (strange) list.push(extension('1.3.6.1.4.1.99999.1', new OctetString({ valueHex: Uint8Array.of(1) }).toBER(), true));
  return list;
}

function extension(extnID: string, extnValue: ArrayBuffer, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue });
}

function accessTo(url: string): InfoAccess {
  const accessLocation = new GeneralName({ type: 6, value: url });
  return new InfoAccess({ accessDescriptions: [new AccessDescription({ accessMethod: '1.3.6.1.5.5.7.48.1', accessLocation })] });
}

function namesOf(names: readonly string[]): GeneralNames {
  const general = names.map((name) =>
    isIP(name) === 4
      ? new GeneralName({ type: 7, value: new OctetString({ valueHex: Uint8Array.from(name.split('.').map(Number)) }) })
      : new GeneralName({ type: 2, value: name }),
  );
  return new GeneralNames({ names: general });
}
