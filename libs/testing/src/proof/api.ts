/** An answer of the API. */
export interface Reply<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** The HTTP API as an operator's script sees it: fetch, a key and a tenant. */
export class Api {
  constructor(
    readonly url: string,
    private readonly key: string | null,
    private readonly tenant = 'default',
  ) {}

  as(tenant: string): Api {
    return new Api(this.url, this.key, tenant);
  }

  withKey(key: string | null): Api {
    return new Api(this.url, key, this.tenant);
  }

  get<T = Record<string, unknown>>(path: string): Promise<Reply<T>> {
    return this.send('GET', path);
  }

  put<T = Record<string, unknown>>(path: string, body: unknown): Promise<Reply<T>> {
    return this.send('PUT', path, body);
  }

  patch<T = Record<string, unknown>>(path: string, body: unknown): Promise<Reply<T>> {
    return this.send('PATCH', path, body);
  }

  post<T = Record<string, unknown>>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply<T>> {
    return this.send('POST', path, body, headers);
  }

  delete<T = Record<string, unknown>>(path: string): Promise<Reply<T>> {
    return this.send('DELETE', path);
  }

  private async send<T>(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<Reply<T>> {
    const headers: Record<string, string> = { 'voltbus-tenant': this.tenant, ...more };
    if (this.key !== null) headers['authorization'] = `Bearer ${this.key}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const response = await fetch(`${this.url}${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === '' ? null : JSON.parse(text)) as T };
  }
}

/** Reads until the value satisfies, at most `seconds`; the condition and the last value are in the error. For what can only be polled (HTTP). */
export async function eventually<T>(read: () => Promise<T>, satisfies: (value: T) => boolean, seconds = 90): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await read().catch((error: unknown) => error as T);
    if (!(value instanceof Error) && satisfies(value)) return value;
    if (Date.now() > end)
      throw new Error(
        `not within ${seconds} s: ${satisfies.toString()}; last: ${value instanceof Error ? value.stack : JSON.stringify(value)}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
