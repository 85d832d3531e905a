import { VoltbusClient } from '@voltbus/api-client';
import type { RecordingClient } from '../recorder';
import { STATION, type RecordedSystem } from './recorded-system';

/** More than a key may send within a minute, and how many at once. */
const TOO_MANY = 1_000;
const AT_ONCE = 100;
/** It is counted, and costs the system nothing more. */
const REFUSED_AT_ONCE = { query: { cursor: 'nonsense' } };
const LARGER_THAN_A_BODY = 1_100_000;

/** A problem of each status that a client can cause. */
export async function recordProblems(client: RecordingClient, { recorder }: RecordedSystem): Promise<void> {
  const { key } = await client.api.post('/v1/api-keys', { body: { name: 'reader', scopes: ['read'] } });
  const reader = recorder.client(key);
  const body = JSON.stringify({ currency: 'EUR' });
  await client.recordProblem(400, 'GET', '/v1/stations?colour=red');
  await recorder.client('not-a-key').recordProblem(401, 'GET', '/v1/stations');
  await reader.recordProblem(403, 'PUT', '/v1/tariffs/day', { body });
  await client.recordProblem(404, 'GET', '/v1/stations/nobody');
  await client.recordProblem(405, 'DELETE', '/v1/stations');
  await client.recordProblem(409, 'DELETE', '/v1/tariffs/day');
  await client.recordProblem(412, 'PATCH', `/v1/stations/${STATION}`, { body: '{"blocked":true}', headers: { 'If-Match': '"old"' } });
  await client.recordProblem(413, 'PUT', '/v1/tariffs/day', { body: ' '.repeat(LARGER_THAN_A_BODY) });
  await client.recordProblem(415, 'PUT', '/v1/tariffs/day', { body: 'currency: EUR', headers: { 'Content-Type': 'text/plain' } });
  await client.recordProblem(422, 'PUT', '/v1/tariffs/day', { body });
  const impatient = new VoltbusClient({ baseUrl: recorder.apiUrl, key, retry: { tries: 1 } });
  for (let sent = 0; sent < TOO_MANY; sent += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, () => impatient.get('/v1/stations', REFUSED_AT_ONCE).catch(() => undefined)));
  await reader.recordProblem(429, 'GET', '/v1/tariffs');
}
