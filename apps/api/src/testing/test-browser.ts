import type { TestApp } from '@voltbus/http/testing';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A browser at one API and one provider: keeps the cookies of each, and goes where it is sent. Of the API's cookies it keeps the attributes too. */
export class TestBrowser {
  /** By name: of the API, with the text of their `Set-Cookie`. */
  readonly cookies = new Map<string, { value: string; text: string }>();
  private readonly atProvider = new Map<string, string>();

  constructor(
    private readonly app: TestApp,
    private readonly origin = 'http://127.0.0.1:8080',
  ) {}

  /** As a page of the API's own site sends it, unless `headers` say otherwise; undefined leaves one out. */
  async request(method: Method, url: string, { headers = {}, body }: { headers?: Record<string, string | undefined>; body?: object } = {}) {
    const cookie = [...this.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
    const all = { 'sec-fetch-site': 'same-origin', origin: method === 'GET' ? undefined : this.origin, ...headers };
    const given = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
    const answer = await this.app.app.inject({
      ...{ method, url, headers: { ...(cookie === '' ? {} : { cookie }), ...given } },
      ...(body === undefined ? {} : { payload: body }),
    });
    for (const text of [answer.headers['set-cookie'] ?? []].flat()) this.keep(text);
    const json = String(answer.headers['content-type']).includes('json');
    const shown = (json ? JSON.parse(answer.payload) : null) as Record<string, unknown> | null;
    return { status: answer.statusCode, location: answer.headers.location, body: shown };
  }

  /** Begins a sign-in, chooses a person at the provider, and comes back as far as the URL of the callback, which is not opened yet. */
  async signInUpTo(person: string, query = ''): Promise<string> {
    const { location } = await this.request('GET', `/v1/auth/login${query}`);
    if (location === undefined) throw new Error('the login sends nowhere');
    this.atProvider.clear(); // else the provider lets the same person in without a question
    return this.choose(location, person);
  }

  /** Signs a person in. */
  async signIn(person: string, query = '') {
    return this.request('GET', await this.signInUpTo(person, query));
  }

  private async choose(start: string, person: string): Promise<string> {
    let url = new URL(start);
    for (let hops = 0; hops < 10; hops++) {
      const answer = await fetch(url, {
        redirect: 'manual',
        headers: { cookie: [...this.atProvider].map(([name, value]) => `${name}=${value}`).join('; ') },
      });
      for (const text of answer.headers.getSetCookie()) this.keepOfProvider(text);
      await answer.body?.cancel();
      const location = answer.headers.get('location');
      if (location === null) throw new Error(`${url.href} answered ${answer.status}`);
      url = new URL(location, url);
      if (url.pathname === '/v1/auth/callback') return `${url.pathname}${url.search}`;
      if (url.pathname.startsWith('/interaction/')) url.searchParams.set('person', person);
    }
    throw new Error('the provider sends around in a circle');
  }

  private keep(text: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
    if (/max-age=0(;|$)/i.test(text)) this.cookies.delete(name);
    else this.cookies.set(name, { value, text });
  }

  private keepOfProvider(text: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
    if (value === '') this.atProvider.delete(name);
    else this.atProvider.set(name, value);
  }
}
