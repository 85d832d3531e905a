// What use-the-typescript-client.md shows; a spec runs each function against the API.
import { ApiProblem, VoltbusClient, type ApiEvent, type Schemas } from '@voltbus/api-client';

/** The administrator makes a tenant and a key of it. */
export async function setUpTenant(baseUrl: string, adminKey: string, tenant: string): Promise<VoltbusClient> {
  const admin = new VoltbusClient({ baseUrl, key: adminKey, tenant });
  await admin.put('/v1/tenants/{tenant}', {
    path: { tenant },
    body: { name: 'Acme', currency: 'EUR', defaultTariff: null, minSecurityProfile: 1, masterPassGroup: null, reviewAbove: null },
  });
  const { key } = await admin.post('/v1/api-keys', { body: { name: 'back end', scopes: ['read', 'operate', 'admin'] } });
  return new VoltbusClient({ baseUrl, key });
}

/** Null where there is no such station. */
export async function findStation(client: VoltbusClient, station: string): Promise<Schemas['Station'] | null> {
  try {
    return await client.get('/v1/stations/{station}', { path: { station } });
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'not-found') return null;
    throw error;
  }
}

/** What to tell a person about a problem. */
export function explain(problem: ApiProblem): string {
  const { code, status, detail, errors, retryAfterSeconds, requestId } = problem;
  if (code === 'invalid' || code === 'bad-request') return errors.map(({ path, message }) => `${path} ${message}`).join(', ');
  if (code === 'too-many-requests') return `try again in ${retryAfterSeconds} s`;
  return `${detail} (${status}, request ${requestId})`;
}

export async function resetStation(client: VoltbusClient, station: string): Promise<Schemas['Command']> {
  const body = { action: 'Reset', payload: { type: 'Soft' }, ttl: 3_600 };
  return client.post('/v1/stations/{station}/commands', { path: { station }, body });
}

export async function onlineStations(client: VoltbusClient): Promise<string[]> {
  const found: string[] = [];
  for await (const { station, online } of client.items('/v1/stations', { query: { limit: 200 } })) if (online) found.push(station);
  return found;
}

/** Where the books are kept: a database, whose transaction holds both. */
export interface Books {
  cursor(): Promise<string | null>;
  store(cdrs: readonly Schemas['Cdr'][], cursor: string): Promise<void>;
}

/** Stores every CDR once; killed at any moment, it goes on where it was. Without `pollEveryMs`, it ends when it has all that there are. */
export async function keepBooks(client: VoltbusClient, books: Books, pollEveryMs?: number): Promise<void> {
  const issuedFrom = '1970-01-01T00:00:00Z';
  const poll = pollEveryMs === undefined ? {} : { pollEveryMs };
  for await (const { items, resumeCursor } of client.issuedCdrs({ issuedFrom, resumeCursor: await books.cursor(), ...poll }))
    await books.store(items, resumeCursor);
}

/** Shows what happens until the signal is aborted. */
export async function changesOfTariffs(client: VoltbusClient): Promise<string[]> {
  const found: string[] = [];
  for await (const { at, actor, path } of client.export('/v1/audit-log/export', { path: '/v1/tariffs/' }))
    found.push(`${at} ${actor} ${path}`);
  return found;
}

export async function showEvents(client: VoltbusClient, show: (event: ApiEvent) => void, signal: AbortSignal): Promise<void> {
  try {
    for await (const event of client.events({ types: ['station', 'transaction'], signal })) show(event);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
