import { Integer, Null, OctetString } from 'asn1js';
import { AlgorithmIdentifier, BasicOCSPResponse, CertID, OCSPRequest, OCSPResponse, Request, type SingleResponse } from 'pkijs';
import { namesIssuer, type CertificateId, type Digest } from './certificate-id';
import { flawOf, issued, pathTo, type Trust } from './certificate-chain';
import { hasSigned, readCertificate, serialOf, type ReadCertificate } from './pkijs-certificate';

/** The issuer's status of a certificate, and until when it is valid; null: it names no next update. */
export interface OcspStatus {
  status: 'good' | 'revoked' | 'unknown';
  nextUpdate: Date | null;
}

/** Clocks of responders may differ from ours by so much. */
const CLOCK_SKEW_MS = 5 * 60_000;
/** An answer that names no next update is believed for so long. */
const MAX_AGE_MS = 24 * 3_600_000;
/** Certificates that a responder may enclose. */
export const MAX_ENCLOSED = 8;

const OIDS: Readonly<Record<Digest, string>> = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};
const BASIC_RESPONSE = '1.3.6.1.5.5.7.48.1.1';
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const SUCCESSFUL = 0;
const STATUSES: Readonly<Record<number, OcspStatus['status']>> = { 0: 'good', 1: 'revoked', 2: 'unknown' };

/** The question about one certificate, in DER. Without a nonce: answers are kept, by the responder too (RFC 5019). */
export function ocspRequest({ digest, issuerNameHash, issuerKeyHash, serial }: CertificateId): Buffer {
  const bytes = Buffer.from(serial.length % 2 === 0 ? serial : `0${serial}`, 'hex');
  const positive = (bytes[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
  const request = new OCSPRequest();
  const reqCert = new CertID({
    hashAlgorithm: new AlgorithmIdentifier({ algorithmId: OIDS[digest], algorithmParams: new Null() }),
    issuerNameHash: new OctetString({ valueHex: Uint8Array.from(issuerNameHash) }),
    issuerKeyHash: new OctetString({ valueHex: Uint8Array.from(issuerKeyHash) }),
    serialNumber: new Integer({ valueHex: Uint8Array.from(positive) }),
  });
  request.tbsRequest.requestList = [new Request({ reqCert })];
  return Buffer.from(request.toSchema(true).toBER());
}

/**
 * RFC 6960 section 3.2: the status of the certificate in the answer. Throws when it is about another certificate or
 * time, or is not signed by the trusted issuer or a responder that the issuer has authorized.
 */
export function readOcspResponse(der: Buffer, id: CertificateId, { anchors, pool }: Trust, now: Date): OcspStatus {
  const basic = basicResponse(der);
  const enclosed = (basic.certs ?? [])
    .slice(0, MAX_ENCLOSED)
    .map((certificate) => readCertificate(Buffer.from(certificate.toSchema(true).toBER())));
  const trust = { anchors, pool: [...pool, ...enclosed] };
  const issuer = [...anchors, ...trust.pool].find((other) => namesIssuer(id, other) && isTrusted(other, trust, now));
  if (issuer === undefined) throw new Error('the issuer of the certificate is not known, or not trusted');
  const signers = [issuer, ...enclosed.filter((other) => maySignFor(issuer, other, now))];
  const signed = { content: basic.tbsResponseData.tbsView, algorithm: basic.signatureAlgorithm, signature: basic.signature };
  if (!signers.some((signer) => hasSigned(signer, signed))) throw new Error('signed by nobody who may');
  return wordIn(basic, id, now);
}

/** The same without a check of the signature, for stations and cars that check it themselves. */
export function readStatus(der: Buffer, id: CertificateId, now: Date): OcspStatus {
  return wordIn(basicResponse(der), id, now);
}

function wordIn({ tbsResponseData }: BasicOCSPResponse, id: CertificateId, now: Date): OcspStatus {
  const about = tbsResponseData.responses.find(({ certID }) => isAbout(certID, id));
  if (about === undefined) throw new Error('is about another certificate');
  return current(about, now);
}

function basicResponse(der: Buffer): BasicOCSPResponse {
  const response = OCSPResponse.fromBER(Uint8Array.from(der));
  const status = response.responseStatus.valueBlock.valueDec;
  if (status !== SUCCESSFUL) throw new Error(`the responder would not answer: ${status}`);
  if (response.responseBytes?.responseType !== BASIC_RESPONSE) throw new Error('an answer of an unknown kind');
  return BasicOCSPResponse.fromBER(response.responseBytes.response.valueBlock.valueHexView);
}

function isTrusted(certificate: ReadCertificate, trust: Trust, now: Date): boolean {
  const path = pathTo(certificate, trust);
  return path !== null && certificate.x509.ca && flawOf(path, now) === null;
}

/** Section 4.2.2.2: the right is given by the issuer itself, directly. */
function maySignFor(issuer: ReadCertificate, other: ReadCertificate, now: Date): boolean {
  return (other.x509.keyUsage ?? []).includes(OCSP_SIGNING) && issued(issuer, other) && flawOf([other, issuer], now) === null;
}

function isAbout({ hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber }: CertID, id: CertificateId): boolean {
  return (
    hashAlgorithm.algorithmId === OIDS[id.digest] &&
    id.issuerNameHash.equals(issuerNameHash.valueBlock.valueHexView) &&
    id.issuerKeyHash.equals(issuerKeyHash.valueBlock.valueHexView) &&
    serialOf(serialNumber) === id.serial
  );
}

function current({ certStatus, thisUpdate, nextUpdate }: SingleResponse, now: Date): OcspStatus {
  // pkijs types it as any: the context-specific tag is the status
  const status = STATUSES[(certStatus as { idBlock: { tagNumber: number } }).idBlock.tagNumber];
  if (status === undefined) throw new Error('a status that is none');
  if (thisUpdate.getTime() > now.getTime() + CLOCK_SKEW_MS) throw new Error('from the future');
  const until = nextUpdate?.getTime() ?? thisUpdate.getTime() + MAX_AGE_MS;
  if (until + CLOCK_SKEW_MS < now.getTime()) throw new Error('out of date');
  return { status, nextUpdate: nextUpdate ?? null };
}
