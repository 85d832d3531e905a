import { until } from '@voltbus/infra';
import type { RecordingClient } from '../recorder';
import type { ScriptedStation } from '../scripted-station';
import { STATION } from './recorded-system';

const ERASED = '04A9999999';
const UNLIMITED = { groupId: null, expiresAt: null, allowedAt: [], limit: null, prepaid: null };

/** What a station knows of a customer, and what is known of a token, exported and erased. */
export async function recordPersonalData(client: RecordingClient, station: ScriptedStation): Promise<void> {
  const requested = new Promise<number>((resolve) =>
    station.answer('CustomerInformation', ({ requestId }) => (resolve(Number(requestId)), { status: 'Accepted' })),
  );
  const { id } = await client.record('post', '/v1/stations/{station}/customer-information', {
    path: { station: STATION },
    body: { report: true, clear: true, idToken: { idToken: ERASED } },
  });
  const part = { requestId: await requested, seqNo: 0, tbc: false, generatedAt: new Date().toISOString(), data: '2 sessions' };
  await station.call('NotifyCustomerInformation', part);
  const path = { id };
  await until('the report is here', async () => (await client.api.get('/v1/customer-information/{id}', { path })).state === 'succeeded');
  await client.record('get', '/v1/customer-information/{id}', { path });
  await client.record('get', '/v1/customer-information', { query: { state: ['succeeded'], limit: 50 } });
  await client.record('get', '/v1/customer-information/{id}/report', { path });
  await client.record('delete', '/v1/customer-information/{id}/report', { path });
  const spare = { station: 'SPARE-4' };
  await client.api.put('/v1/stations/{station}', { path: spare, body: {} });
  const waiting = await client.api.post('/v1/stations/{station}/customer-information', {
    path: spare,
    body: { customerIdentifier: 'C-17' },
  });
  await client.record('post', '/v1/customer-information/{id}/cancel', { path: { id: waiting.id } });
  await client.api.delete('/v1/stations/{station}', { path: spare });
  await recordErasure(client);
}

async function recordErasure(client: RecordingClient): Promise<void> {
  await client.api.put('/v1/tokens/{idToken}', { path: { idToken: ERASED }, body: { ...UNLIMITED, status: 'Accepted' } });
  const { items } = await client.api.get('/v1/token-data', { query: { idToken: ERASED } });
  if (items.length === 0) throw new Error('nothing is known of the token');
  await client.record('get', '/v1/token-data', { query: { idToken: '04A0000000' } });
  const { id } = await client.record('post', '/v1/token-erasures', { body: { idToken: ERASED } });
  await client.record('get', '/v1/token-erasures', { query: { idToken: [ERASED] } });
  await client.record('get', '/v1/token-erasures/{id}', { path: { id } });
}
