// What a program does with the types that openapi-typescript makes and openapi-fetch, which calls by them. See ../README.md.
import createClient from 'openapi-fetch';
import type { components, paths } from './voltbus';

type Schemas = components['schemas'];
type Answer<D> = { data?: D; error?: unknown; response: Response };

const { API = '', ADMIN_KEY = '', TENANT = '' } = process.env;
const [STATION, PASSWORD, TOKEN, TARIFF] = ['CS 1/å', 'a password of its own', 'CARD-1', 'day'] as const;

const clientOf = (key: string, headers: Record<string, string> = {}) =>
  createClient<paths>({ baseUrl: API, headers: { authorization: `Bearer ${key}`, ...headers } });

async function must<D>(asked: Promise<Answer<D>>): Promise<D> {
  const { data, error, response } = await asked;
  if (data === undefined) throw new Error(`${response.status}: ${JSON.stringify(error)}`);
  return data;
}

async function problem(code: Schemas['Problem']['code'], asked: Promise<Answer<unknown> & { error?: Schemas['Problem'] }>): Promise<void> {
  const { error, response } = await asked;
  if (error?.code !== code || error.status !== response.status || error.detail === '')
    throw new Error(`expected ${code}, got ${JSON.stringify(error)}`);
}

async function until<T>(read: () => Promise<T | null>): Promise<T> {
  for (let attempt = 0; attempt < 240; attempt++) {
    const found = await read();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('it did not happen within a minute');
}

function tenantPut(defaultTariff: string | null): Schemas['TenantPut'] {
  return { name: 'Made by TypeScript', currency: 'EUR', defaultTariff, minSecurityProfile: 1, masterPassGroup: null, reviewAbove: null };
}

async function main(): Promise<void> {
  const admin = clientOf(ADMIN_KEY, { 'voltbus-tenant': TENANT });
  const tenant = { path: { tenant: TENANT } };
  await must(admin.PUT('/v1/tenants/{tenant}', { params: tenant, body: tenantPut(null) }));
  const { key } = await must(admin.POST('/v1/api-keys', { body: { name: 'flow', scopes: ['read', 'operate', 'admin'] } }));
  const client = clientOf(key);
  const station = { path: { station: STATION } };
  await must(client.PUT('/v1/stations/{station}', { params: station, body: { password: PASSWORD } }));
  const token: Schemas['TokenPut'] = { status: 'Accepted', groupId: null, expiresAt: null, allowedAt: [], limit: null, prepaid: null };
  await must(client.PUT('/v1/tokens/{idToken}', { params: { path: { idToken: TOKEN } }, body: token }));
  const either: ('Accepted' | 'Blocked')[] = ['Accepted', 'Blocked'];
  const { items } = await must(client.GET('/v1/tokens', { params: { query: { status: either } } }));
  if (items.length !== 1) throw new Error(`another list of tokens than expected: ${JSON.stringify(items)}`);
  const prices = { perKwh: '0.49', perMinute: '0', perIdleMinute: '0', idleGraceMinutes: 0, fixed: '1', taxPercent: '19' };
  const tariff = { path: { tariff: TARIFF } };
  await must(client.PUT('/v1/tariffs/{tariff}', { params: tariff, body: { currency: 'EUR', ...prices } }));
  await must(admin.PUT('/v1/tenants/{tenant}', { params: tenant, body: tenantPut(TARIFF) }));

  console.log(`connect ${STATION}\t${PASSWORD}`);
  await until(async () => (await must(client.GET('/v1/stations/{station}', { params: station }))).online || null);
  const start = { params: station, body: { idToken: TOKEN, evse: 1 } };
  const command = await must(client.POST('/v1/stations/{station}/remote-start', start));
  const remoteStart = { params: { path: { command: command.id } } };
  const id = await until(async () => (await must(client.GET('/v1/remote-starts/{command}', remoteStart))).transaction);
  const transaction = await until(async () => {
    const found = await must(client.GET('/v1/transactions/{id}', { params: { path: { id } } }));
    return found.state === 'ended' ? found : null;
  });
  const [cdr, ...others] = await until(async () => nonEmpty(await cdrs(client)));
  if (others.length > 0 || cdr?.energyWh !== transaction.energyWh || cdr?.cost.fixed !== '1.00')
    throw new Error(`another bill than expected: ${JSON.stringify(cdr)}`);

  await problem('unauthorized', clientOf('wrong'.repeat(8)).GET('/v1/stations/{station}', { params: station }));
  await problem('forbidden', client.GET('/v1/tenants/{tenant}', { params: tenant }));
  await problem('not-found', client.GET('/v1/tokens/{idToken}', { params: { path: { idToken: 'nobody' } } }));
  await problem('invalid', client.PUT('/v1/tariffs/{tariff}', { params: tariff, body: { ...prices, currency: 'XXX' } }));
  await problem('invalid-cursor', client.GET('/v1/stations', { params: { query: { cursor: 'nonsense' } } }));
  await problem('unknown-reference', admin.PUT('/v1/tenants/{tenant}', { params: tenant, body: tenantPut('no-such-tariff') }));
  console.log('done');
}

async function cdrs(client: ReturnType<typeof clientOf>): Promise<Schemas['Cdr'][]> {
  const found: Schemas['Cdr'][] = [];
  for (let cursor: string | null | undefined = undefined; cursor !== null;) {
    const query: { limit: number; cursor?: string } = cursor === undefined ? { limit: 1 } : { limit: 1, cursor };
    const page = (await must(client.GET('/v1/cdrs', { params: { query } }))) as Schemas['CdrPage']; // whole, since `fields` is not asked for
    found.push(...page.items);
    cursor = page.nextCursor;
  }
  return found;
}

function nonEmpty<T>(list: T[]): T[] | null {
  return list.length === 0 ? null : list;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
