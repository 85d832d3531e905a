import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { Openssl } from './openssl';

interface Status {
  conditions: { type: string; status: string; reason?: string; message?: string }[];
  certificate?: string;
}
interface RequestObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: { request: string; issuerRef: { name: string }; duration: string; usages: string[] };
}
const LABEL = /^(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?$/;
const COLLECTION = '/apis/cert-manager.io/v1/namespaces/charging/certificaterequests';

/** A Kubernetes API server with cert-manager, whose judge and signer is OpenSSL. The folder of `openssl` is that of the service account. */
export class CertManagerApiServer {
  readonly token = 'token-of-the-pod';
  url = '';
  objects = new Map<string, RequestObject>();
  created: RequestObject[] = [];
  /** Answers that come before any other. */
  answers: { status: number; message: string }[] = [];
  readonly signs = (object: RequestObject): Status => ({
    conditions: [{ type: 'Ready', status: 'True' }],
    certificate: this.signed(object),
  });
  plan: (object: RequestObject) => Status = this.signs;
  private server: Server | null = null;
  private readonly ca;
  private readonly root;

  constructor(private readonly openssl: Openssl) {
    this.root = openssl.authority('cluster');
    this.ca = openssl.authority('stations', { below: this.root });
  }

  async start(): Promise<void> {
    const key = this.openssl.key();
    const cert = this.openssl.path('server.crt');
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-addext', 'basicConstraints=critical,CA:FALSE'];
    this.openssl.run(['req', '-x509', '-new', '-key', key, ...subject, '-CA', this.root.cert, '-CAkey', this.root.key, '-out', cert]);
    this.server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { status, body } = this.answer(
          request.method,
          request.url ?? '',
          request.headers.authorization,
          Buffer.concat(chunks).toString(),
        );
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    }).listen(0, 'localhost');
    await once(this.server, 'listening');
    const address = this.server.address();
    this.url = `https://localhost:${typeof address === 'object' ? address?.port : 0}`;
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  reset(): void {
    [this.objects, this.created, this.answers, this.plan] = [new Map(), [], [], this.signs];
    this.openssl.write('token', this.token);
    this.openssl.write('namespace', 'charging');
    this.openssl.write('ca.crt', readFileSync(this.root.cert));
  }

  private answer(method = '', path: string, authorization: string | undefined, text: string): { status: number; body: object } {
    const failure = (status: number, message: string) => ({ status, body: { kind: 'Status', message } });
    const planned = this.answers.shift();
    if (planned !== undefined) return failure(planned.status, planned.message);
    if (authorization !== `Bearer ${this.token}`) return failure(401, 'Unauthorized');
    if (method === 'POST' && path === COLLECTION) {
      const object = JSON.parse(text) as RequestObject;
      const flaw = flawOf(object);
      if (flaw !== null) return failure(422, flaw);
      if (this.objects.has(object.metadata.name)) return failure(409, 'already exists');
      this.objects.set(object.metadata.name, object);
      this.created.push(object);
      return { status: 201, body: object };
    }
    const object = this.objects.get(path.slice(COLLECTION.length + 1));
    if (object === undefined) return failure(404, 'not found');
    if (method === 'DELETE') this.objects.delete(object.metadata.name);
    return { status: 200, body: method === 'DELETE' ? { kind: 'Status' } : { ...object, status: this.plan(object) } };
  }

  /** As an issuer of the kind CA signs: the certificate, then the CA below the root, in base64. */
  private signed({ spec }: RequestObject): string {
    const csr = this.openssl.write('signed.csr', Buffer.from(spec.request, 'base64'));
    const extensions = this.openssl.write(
      'signed.ext',
      'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n',
    );
    const leaf = this.openssl.run([
      'x509',
      '-req',
      '-in',
      csr,
      '-CA',
      this.ca.cert,
      '-CAkey',
      this.ca.key,
      '-CAcreateserial',
      '-days',
      '30',
      '-extfile',
      extensions,
    ]);
    return Buffer.from(leaf + readFileSync(this.ca.cert, 'utf8')).toString('base64');
  }
}

/** What the schema of cert-manager and the rules of Kubernetes for names and labels refuse. */
function flawOf({ apiVersion, kind, metadata, spec }: RequestObject): string | null {
  if (apiVersion !== 'cert-manager.io/v1' || kind !== 'CertificateRequest') return 'kind';
  if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(metadata.name)) return 'metadata.name';
  if (!Object.values(metadata.labels ?? {}).every((value) => LABEL.test(value))) return 'metadata.labels';
  if (!/^(\d+h)?(\d+m)?(\d+s)?$/.test(spec.duration) || spec.issuerRef.name === '') return 'spec';
  if (!/^[A-Za-z0-9+/]+=*$/.test(spec.request)) return 'spec.request';
  return null;
}
