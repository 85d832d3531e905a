import type { TestApp } from '@voltbus/http/testing';
import { silentLogger } from '@voltbus/testing';
import { Client } from 'pg';
import { startApi, type TestApi } from './test-api';
import { TestBrowser } from './test-browser';
import { startProvider, type TestProvider } from './test-provider';

export const ORIGIN = 'http://127.0.0.1:8080';
/** As docs/how-to/let-people-sign-in.md has them, and what the operator may do in another tenant. */
export const RULES = [
  { claims: { roles: 'voltbus-operator' }, tenantClaim: 'tenant', role: 'operator' },
  { claims: { roles: 'voltbus-technician' }, tenantClaim: 'tenant', role: 'technician', stationGroupsClaim: 'sites' },
  { claims: { roles: 'voltbus-admin' }, tenantClaim: 'tenant', role: 'tenant-admin' },
  { claims: { roles: 'voltbus-operator' }, tenant: 'beta', role: 'viewer' },
  { claims: { roles: 'voltbus-operator' }, tenant: 'removed', role: 'viewer' },
];
/** What the timers of Jest leave alone: only the clock of this process is set. */
const TIMERS = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

/** Another API, as the same browser sees it. */
export function asIn(other: TestApp, one: TestBrowser): TestBrowser {
  const same = new TestBrowser(other);
  for (const [name, cookie] of one.cookies) same.cookies.set(name, cookie);
  return same;
}

export function setClock(offsetMs: number): void {
  jest.useRealTimers();
  jest.useFakeTimers({ now: Date.now() + offsetMs, advanceTimers: true, doNotFake: [...TIMERS] });
}

interface ForSignIn {
  readonly provider: TestProvider;
  readonly api: TestApi;
  readonly app: TestApp;
  /** What an API is given so that people sign in at the provider. */
  settings(access: readonly object[], more?: Record<string, string>): Record<string, string>;
  browser(of?: TestApp): TestBrowser;
  /** The browser of a person who has signed in. */
  signedIn(person: string, query?: string): Promise<TestBrowser>;
  query<T extends object>(sql: string): Promise<T[]>;
}

/** An API with two tenants, and a real provider at which people sign in, for one spec file. To be called once, outside of tests. */
export function forSignIn(): ForSignIn {
  let started: { provider: TestProvider; api: TestApi } | undefined;
  const running = () => {
    if (started === undefined) throw new Error('before the first test');
    return started;
  };
  const settings: ForSignIn['settings'] = (access, more = {}) => settingsFor(running().provider, access, more);
  const query: ForSignIn['query'] = (sql) => queried(running().api.databaseUrl, sql);
  const browser = (of: TestApp = running().api.app) => new TestBrowser(of);
  beforeAll(async () => {
    const provider = await startProvider();
    started = { provider, api: await startApi(silentLogger, settingsFor(provider, RULES)) };
    // as the default one is; through the API, the outbox would be relayed on and on
    await query(`INSERT INTO device_config.tenants SELECT (jsonb_populate_record(t, '{"tenant": "beta"}')).* FROM device_config.tenants t`);
  });
  afterEach(() => void jest.useRealTimers());
  afterAll(async () => {
    await started?.api.close();
    await started?.provider.stop();
  });
  return {
    get provider() {
      return running().provider;
    },
    get api() {
      return running().api;
    },
    get app() {
      return running().api.app;
    },
    settings,
    browser,
    query,
    async signedIn(person, given = '') {
      const one = browser();
      expect(await one.signIn(person, given)).toMatchObject({ status: 302 });
      return one;
    },
  };
}

function settingsFor(provider: TestProvider, access: readonly object[], more: Record<string, string> = {}): Record<string, string> {
  const { issuer, audience, signInClient, secret } = provider;
  const OIDC_ISSUERS = JSON.stringify([{ name: 'sso', issuer, audience, access, signIn: { clientId: signInClient } }]);
  return { VOLTBUS_OIDC_ISSUERS: OIDC_ISSUERS, VOLTBUS_OIDC_CLIENT_SECRET: secret, VOLTBUS_API_URL: ORIGIN, ...more };
}

async function queried<T extends object>(databaseUrl: string, sql: string): Promise<T[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}
