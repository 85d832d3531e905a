import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { boundedBody } from '@voltbus/flow';

const MAX_ANSWER_BYTES = 262_144;
const MAX_TOKEN_CHARACTERS = 16_384;

export interface KubernetesAnswer {
  status: number;
  body: string;
}

export interface KubernetesApiParts {
  /** Of the API server; https only. */
  url: string;
  /** Folder with `token`, `ca.crt` and `namespace`, as Kubernetes mounts it. */
  directory: string;
}

/** Certificate requests of cert-manager in the pod's namespace, by its service account. Nothing is kept between calls: tokens and CAs are replaced. */
export class KubernetesApi {
  constructor(private readonly parts: KubernetesApiParts) {}

  /** Path below the namespace's certificate requests; empty: all of them. Rejects where no whole answer of 256 KiB at most comes. Follows no redirects. */
  async send(method: 'GET' | 'POST' | 'DELETE', name: string, body: object | null, signal: AbortSignal): Promise<KubernetesAnswer> {
    const [token, ca, namespace] = await Promise.all(['token', 'ca.crt', 'namespace'].map((file) => this.read(file)));
    const path = `/apis/cert-manager.io/v1/namespaces/${encodeURIComponent(namespace ?? '')}/certificaterequests`;
    const url = new URL(name === '' ? path : `${path}/${encodeURIComponent(name)}`, this.parts.url);
    const text = body === null ? '' : JSON.stringify(body);
    const headers = { accept: 'application/json', authorization: `Bearer ${token}`, 'content-length': Buffer.byteLength(text) };
    const options = {
      method,
      ca,
      agent: false,
      signal,
      headers: text === '' ? headers : { ...headers, 'content-type': 'application/json' },
    };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => request(url, options, resolve).on('error', reject).end(text));
    const read = await boundedBody(new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>), MAX_ANSWER_BYTES);
    return { status: answer.statusCode ?? 0, body: read.toString('utf8') };
  }

  private async read(file: string): Promise<string> {
    const text = (await readFile(join(this.parts.directory, file), 'utf8')).trim();
    if (text === '') throw new Error(`${file} of the service account is empty`);
    if (file === 'token' && (text.length > MAX_TOKEN_CHARACTERS || /[^\x21-\x7e]/.test(text)))
      throw new Error('the token of the service account is none');
    return text;
  }
}
