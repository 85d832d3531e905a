import { BrowserSite } from './browser-site';

const CLUSTER = { API_URL: 'https://csms.example.com', HOST: '0.0.0.0', STANDALONE: false };
const HERE = { API_URL: undefined, HOST: '127.0.0.1', STANDALONE: true };

it.each([
  ['with TLS', CLUSTER, '__Host-voltbus-session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure'],
  [
    'of a standalone behind TLS',
    { ...HERE, API_URL: 'https://csms.example.com' },
    '__Host-voltbus-session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure',
  ],
  [
    'of a standalone that a network reaches',
    { ...HERE, HOST: '0.0.0.0' },
    '__Host-voltbus-session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure',
  ],
  [
    'of a cluster without the setting',
    { ...HERE, STANDALONE: false },
    '__Host-voltbus-session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure',
  ],
  ['of a standalone on this machine', HERE, 'voltbus-session=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax'],
])('the cookie %s belongs to this host alone', (_where, settings, expected) => {
  expect(new BrowserSite(settings).setCookie('session', 'v', 60)).toBe(expected);
});

it('finds its cookie among others, and takes none of another name for it', () => {
  const site = new BrowserSite(CLUSTER);
  const of = (cookie: string | undefined) => site.cookieOf({ cookie }, 'session');
  expect(of('a=b; __Host-voltbus-session=x.y; c=d')).toBe('x.y');
  for (const cookie of [
    undefined,
    '',
    'voltbus-session=x',
    'x__Host-voltbus-session=x',
    '__host-voltbus-session=x',
    '__Host-voltbus-sessions=x',
  ])
    expect([cookie, of(cookie)]).toEqual([cookie, null]);
  expect(of(`${'a'.repeat(17_000)}; __Host-voltbus-session=x`)).toBeNull();
});

describe('a request that changes something', () => {
  const passes = (settings: typeof CLUSTER | typeof HERE, headers: Record<string, string>, method = 'POST') => {
    try {
      new BrowserSite(settings).mustBeOwn({ method, headers });
      return true;
    } catch {
      return false;
    }
  };

  it.each<[Record<string, string>, boolean]>([
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'same-site' }, false],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://csms.example.com' }, false],
    [{ origin: 'https://csms.example.com' }, true],
    [{ origin: 'https://csms.example.com.evil.example' }, false],
    [{ origin: 'http://csms.example.com' }, false],
    [{ origin: 'null' }, false],
    [{ host: 'csms.example.com' }, false],
    [{ host: 'evil.example', origin: 'https://evil.example' }, false],
  ])('with %j comes from a page of this site: %s', (headers, own) => {
    expect(passes(CLUSTER, headers)).toBe(own);
  });

  it('of a standalone without the setting is compared with the name by which this machine was called', () => {
    expect(passes(HERE, { host: 'localhost:8080', origin: 'http://localhost:8080' })).toBe(true);
    expect(passes(HERE, { host: 'localhost:8080', origin: 'http://localhost:9999' })).toBe(false);
    expect(passes(HERE, { host: 'evil.example', origin: 'http://evil.example' })).toBe(false); // a name that leads here
  });

  it('is any but GET, HEAD and OPTIONS', () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) expect(passes(CLUSTER, {}, method)).toBe(true);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'get', 'PROPFIND']) expect(passes(CLUSTER, {}, method)).toBe(false);
  });
});
