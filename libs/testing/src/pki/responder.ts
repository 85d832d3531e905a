import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { Constructed, Enumerated, GeneralizedTime, OctetString, Primitive } from 'asn1js';
import { BasicOCSPResponse, OCSPRequest, OCSPResponse, ResponseBytes, SingleResponse, type CertID } from 'pkijs';
import type { TestCertificate } from './certificates';

/** The status of a certificate as the responder answers it. */
interface OcspWord {
  status: 'good' | 'revoked' | 'unknown';
  signer: TestCertificate;
  enclosed?: readonly TestCertificate[];
  thisUpdate?: Date;
  /** Null: the answer names none. */
  nextUpdate?: Date | null;
  /** Digest of the signature. */
  digest?: 'SHA-1' | 'SHA-256';
}

export interface Responder {
  host: string;
  url: string;
  /** Serial numbers asked about, in order, without leading zeros. */
  asked: string[];
  /** Sets the answers from now on, or by `does` what happens instead of an answer. */
  says(word: (serial: string) => OcspWord): void;
  does(answering: (answer: ServerResponse, der: () => Promise<Buffer>) => void): void;
  close(): Promise<void>;
}

/** A real OCSP responder on loopback, for tests. */
export async function startResponder(): Promise<Responder> {
  const asked: string[] = [];
  let word: (serial: string) => OcspWord = () => {
    throw new Error('the test has set no answer');
  };
  const plainly = (answer: ServerResponse, der: () => Promise<Buffer>) =>
    void der().then(
      (bytes) => answer.writeHead(200, { 'content-type': 'application/ocsp-response' }).end(bytes),
      (error: unknown) => answer.writeHead(500).end(String(error)),
    );
  let answering: (answer: ServerResponse, der: () => Promise<Buffer>) => void = plainly;
  const server = createServer((request, answer) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const id = certIdIn(Buffer.concat(chunks));
      const serial = Buffer.from(id.serialNumber.valueBlock.valueHexView)
        .toString('hex')
        .replace(/^0+(?=.)/, '');
      asked.push(serial);
      answering(answer, () => answerAbout(id, word(serial)));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return {
    host,
    url: `http://${host}/ocsp`,
    asked,
    says: (next) => {
      word = next;
      answering = plainly;
    },
    does: (next) => void (answering = next),
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function certIdIn(der: Buffer): CertID {
  const [request] = OCSPRequest.fromBER(Uint8Array.from(der)).tbsRequest.requestList;
  if (request === undefined) throw new Error('a question about nothing');
  return request.reqCert;
}

const TAGS = { good: 0, revoked: 1, unknown: 2 } as const;

async function answerAbout(
  certID: CertID,
  { status, signer, enclosed = [], thisUpdate, nextUpdate, digest = 'SHA-256' }: OcspWord,
): Promise<Buffer> {
  const basic = new BasicOCSPResponse();
  basic.tbsResponseData.responderID = signer.certificate.subject;
  basic.tbsResponseData.producedAt = new Date();
  const single = new SingleResponse();
  single.certID = certID;
  single.certStatus = wordFor(status);
  single.thisUpdate = thisUpdate ?? new Date(Date.now() - 60_000);
  if (nextUpdate !== null) single.nextUpdate = nextUpdate ?? new Date(Date.now() + 3_600_000);
  basic.tbsResponseData.responses.push(single);
  if (enclosed.length > 0) basic.certs = enclosed.map(({ certificate }) => certificate);
  await basic.sign(signer.keys.privateKey, digest);
  const response = new OCSPResponse({
    responseStatus: new Enumerated({ value: 0 }),
    responseBytes: new ResponseBytes({
      responseType: '1.3.6.1.5.5.7.48.1.1',
      response: new OctetString({ valueHex: basic.toSchema().toBER() }),
    }),
  });
  return Buffer.from(response.toSchema().toBER());
}

/** CertStatus of RFC 6960: a choice by its tag. */
function wordFor(status: OcspWord['status']): unknown {
  const idBlock = { tagClass: 3, tagNumber: TAGS[status] };
  if (status !== 'revoked') return new Primitive({ idBlock });
  return new Constructed({ idBlock, value: [new GeneralizedTime({ valueDate: new Date(Date.now() - 3_600_000) })] });
}
