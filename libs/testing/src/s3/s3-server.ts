import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { signatureFault } from './s3-signature';

const LEAST_PART_BYTES = 5 * 1_048_576;
const STATUS: Readonly<Record<string, number>> = {
  ...{ NoSuchKey: 404, NoSuchUpload: 404, NoSuchBucket: 404, InvalidRange: 416, EntityTooSmall: 400, NotImplemented: 501 },
  ...{ InternalError: 500, SlowDown: 503 },
};

/** What befalls a request: an error, silence, or an answer that is cut after so many bytes. */
export type S3Fault = { code: string } | 'silent' | { cutAfter: number };

interface S3Request {
  method: string;
  key: string;
  query: URLSearchParams;
  range: string | undefined;
  body: Buffer;
}

/** For specs: a bucket of S3 in memory, which checks the signature of each request, with the faults that it is told of. Path style only. */
export class S3Server {
  readonly objects = new Map<string, Buffer>();
  /** Uploads that were begun, and neither completed nor aborted: by id, their parts. */
  readonly uploads = new Map<string, Map<number, Buffer>>();
  /** `method key`, oldest first. */
  readonly requests: string[] = [];
  /** Asked for each request; null: none. */
  fault: (request: S3Request) => S3Fault | null = () => null;
  readonly bucket = 'voltbus-files';
  readonly region = 'eu-test-1';
  readonly credentials = { accessKeyId: 'spec-access-key', secretAccessKey: 'spec-secret-key' };

  private constructor(private readonly server: Server) {}

  static async start(): Promise<S3Server> {
    const server = createServer((request, response) => void s3.serve(request, response).catch(() => request.destroy()));
    const s3 = new S3Server(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return s3;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const { pathname, searchParams: query } = new URL(incoming.url ?? '', this.url);
    const [, bucket, ...path] = decodeURIComponent(pathname).split('/');
    const request: S3Request = { method: incoming.method ?? '', key: path.join('/'), query, range: incoming.headers.range, body };
    this.requests.push(`${request.method} ${request.key}`);
    const fault = this.fault(request);
    if (fault === 'silent') return;
    const unsigned = signatureFault(incoming, body, this.region, this.credentials);
    const code = unsigned ?? (fault !== null && 'code' in fault ? fault.code : null) ?? (bucket === this.bucket ? null : 'NoSuchBucket');
    if (code !== null) return refuse(response, code);
    this.answer(request, fault !== null && 'cutAfter' in fault ? cutting(response, fault.cutAfter) : response);
  }

  private answer(request: S3Request, response: ServerResponse): void {
    const { method, key, query, body } = request;
    const upload = query.get('uploadId');
    if (method === 'POST' && query.has('uploads')) return this.begin(response, key);
    if (upload !== null && !this.uploads.has(upload)) return refuse(response, 'NoSuchUpload');
    if (upload !== null) return this.ofUpload(request, upload, response);
    if (method === 'PUT') return this.put(response, key, body);
    if (method === 'GET') return this.get(request, response);
    if (method !== 'DELETE') return refuse(response, 'NotImplemented');
    this.objects.delete(key);
    response.writeHead(204).end();
  }

  private begin(response: ServerResponse, key: string): void {
    const id = randomUUID();
    this.uploads.set(id, new Map());
    xml(response, `<InitiateMultipartUploadResult><Key>${key}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
  }

  private ofUpload({ method, key, query, body }: S3Request, upload: string, response: ServerResponse): void {
    const parts = this.uploads.get(upload) ?? new Map<number, Buffer>();
    if (method === 'PUT') {
      parts.set(Number(query.get('partNumber')), body);
      response.writeHead(200, { etag: etagOf(body) }).end();
      return;
    }
    if (method === 'POST') {
      const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number]) => parts.get(Number(number)));
      const whole = named.map((part) => part ?? Buffer.alloc(0));
      if (whole.slice(0, -1).some((part) => part.length < LEAST_PART_BYTES)) return refuse(response, 'EntityTooSmall');
      this.objects.set(key, Buffer.concat(whole));
      xml(response, `<CompleteMultipartUploadResult><Key>${key}</Key></CompleteMultipartUploadResult>`);
    } else response.writeHead(204).end();
    this.uploads.delete(upload);
  }

  private put(response: ServerResponse, key: string, body: Buffer): void {
    this.objects.set(key, body);
    response.writeHead(200, { etag: etagOf(body) }).end();
  }

  private get({ key, range }: S3Request, response: ServerResponse): void {
    const whole = this.objects.get(key);
    if (whole === undefined) return refuse(response, 'NoSuchKey');
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
    if (first === undefined) {
      response.writeHead(200, { 'content-length': whole.length }).end(whole);
      return;
    }
    if (Number(first) >= whole.length) return refuse(response, 'InvalidRange');
    const part = whole.subarray(Number(first), Number(last) + 1);
    response.writeHead(206, { 'content-length': part.length }).end(part);
  }
}

function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

function xml(response: ServerResponse, text: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0" encoding="UTF-8"?>${text}`);
}

function refuse(response: ServerResponse, code: string): void {
  xml(response, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`, STATUS[code] ?? 403);
}

/** Its answer ends in the middle, with its connection. */
function cutting(response: ServerResponse, bytes: number): ServerResponse {
  response.end = ((body?: Buffer) => {
    response.write(body?.subarray(0, bytes) ?? '', () => response.socket?.destroy());
    return response;
  }) as ServerResponse['end'];
  return response;
}
