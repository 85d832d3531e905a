import { NoAnswer, errorOf } from './errors';
import type { Answer, ApiMethod, RequestOptions } from './operations';
import { readAnswer } from './read-answer';
import { RETRY_LIMITS, withRetries, type RetryLimits } from './retries';
import { urlOf, type QueryValue } from './url';
import { Deadline } from './waiting';

export interface ClientOptions {
  /** Where the API is: `https://csms.example`. Empty in a page that comes from the same place. */
  baseUrl: string;
  /** An API key, or what gives the one to use now. Left out in a browser whose session is a cookie. */
  key?: string | (() => string | Promise<string>);
  /** Which requests carry cookies, as for `fetch`: `include` for a session with an API of another origin. */
  credentials?: 'omit' | 'same-origin' | 'include';
  /** The tenant that the administrator's key speaks for; `default` where left out. A tenant's own key needs none. */
  tenant?: string;
  /** Of one try; the default outlasts the longest `wait` of a command. */
  timeoutMs?: number;
  /** Bounds on repeats; `{ tries: 1 }`: none. */
  retry?: Partial<RetryLimits>;
  /** Sent with each request. */
  headers?: Readonly<Record<string, string>>;
  /** Another `fetch`, as for a proxy. */
  fetch?: typeof fetch;
}

/** What an operation is given, without its types. */
export type AnyOptions =
  | (RequestOptions & {
      path?: Readonly<Record<string, unknown>>;
      query?: Readonly<Record<string, QueryValue>>;
      body?: unknown;
      idempotencyKey?: string;
    })
  | undefined;

/** A command may wait for 60 s. */
const TIMEOUT_MS = 75_000;
const KEY_BYTES = 16;

/** Sends the requests of a client. */
export class RequestSender {
  private readonly retry: RetryLimits;

  constructor(private readonly options: ClientOptions) {
    this.retry = { ...RETRY_LIMITS, ...options.retry };
    if (/^[a-z][a-z0-9+.-]*:/i.test(options.baseUrl)) new URL(options.baseUrl); // throws now, not as a failure of the network later
  }

  /** Sends until it is answered, as RetryLimits allow. */
  async send(method: ApiMethod, path: string, options: AnyOptions = {}): Promise<Answer<unknown>> {
    const { signal, timeoutMs = this.options.timeoutMs ?? TIMEOUT_MS } = options;
    const name = `${method.toUpperCase()} ${path}`;
    const url = urlOf(this.options.baseUrl, path, options.path, options.query);
    const headers = this.headers(method, options);
    // text is a CSV or lines of JSON, whose content type is in the caller's headers; no operation takes a JSON string
    const body = options.body === undefined || typeof options.body === 'string' ? options.body : JSON.stringify(options.body);
    const attempt = async () => {
      await this.authorize(headers);
      return this.attempt(
        name,
        url,
        { method: method.toUpperCase(), headers, ...(body === undefined ? {} : { body }) },
        { timeoutMs, signal },
      );
    };
    const onGone = () => ({ status: 204, headers: new Headers(), data: undefined });
    return withRetries({ method, headers }, this.retry, attempt, { signal, onGone });
  }

  /** Sends a GET once, and leaves its answer to be read; rejects as `fetch` does. */
  async open(path: string, options: NonNullable<AnyOptions> & { signal: AbortSignal }): Promise<Response> {
    const url = urlOf(this.options.baseUrl, path, options.path, options.query);
    const headers = this.headers('get', options);
    await this.authorize(headers);
    return this.fetch(url, { method: 'GET', headers, signal: options.signal });
  }

  private async attempt(
    name: string,
    url: string,
    init: RequestInit,
    { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal | undefined },
  ): Promise<Answer<unknown>> {
    const deadline = new Deadline(signal, () => new NoAnswer(name, true));
    deadline.set(timeoutMs);
    try {
      const response = await this.fetch(url, { ...init, signal: deadline.signal });
      return { status: response.status, headers: response.headers, data: await readAnswer(name, response) };
    } catch (error) {
      if (deadline.signal.aborted) throw deadline.signal.reason;
      throw errorOf(name, error);
    } finally {
      deadline.close();
    }
  }

  private fetch(url: string, init: RequestInit): Promise<Response> {
    const { credentials, fetch: send = globalThis.fetch } = this.options;
    return send(url, { ...init, redirect: 'manual', ...(credentials === undefined ? {} : { credentials }) });
  }

  /** Anew for each try: a key may have been replaced meanwhile. */
  private async authorize(headers: Headers): Promise<void> {
    const { key } = this.options;
    if (key !== undefined) headers.set('authorization', `Bearer ${typeof key === 'string' ? key : await key()}`);
  }

  /** The same for every try of a request. */
  private headers(method: ApiMethod, options: NonNullable<AnyOptions>): Headers {
    const headers = new Headers({ accept: 'application/json', ...this.options.headers });
    if (this.options.tenant !== undefined) headers.set('voltbus-tenant', this.options.tenant);
    if (options.body !== undefined) headers.set('content-type', method === 'patch' ? 'application/merge-patch+json' : 'application/json');
    for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value);
    if (method === 'post' && !headers.has('idempotency-key')) headers.set('idempotency-key', options.idempotencyKey ?? randomKey());
    return headers;
  }
}

/** crypto.randomUUID is missing in pages that are not served by HTTPS. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(KEY_BYTES)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
