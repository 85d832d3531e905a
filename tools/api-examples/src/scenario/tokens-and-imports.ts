import { until } from '@voltbus/infra';
import type { RecordingClient } from '../recorder';
import { STATION, TOKEN } from './recorded-system';

const UNLIMITED = { groupId: null, expiresAt: null, allowedAt: [], limit: null, prepaid: null };
/** So many that the import is not over when it is cancelled. */
const CANCELLED_ITEMS = 20_000;

export async function recordTokens(client: RecordingClient): Promise<void> {
  const idToken = { path: { idToken: TOKEN } };
  await client.record('put', '/v1/tokens/{idToken}', { ...idToken, body: { ...UNLIMITED, status: 'Accepted', groupId: 'FLEET' } });
  await client.record('patch', '/v1/tokens/{idToken}', { ...idToken, body: { groupId: null, allowedAt: [{ station: STATION }] } });
  await client.record('get', '/v1/tokens/{idToken}', idToken);
  await client.record('get', '/v1/tokens', { query: { status: ['Accepted'], limit: 50 } });
  const lost = { path: { idToken: '04FFFFFFFFFFFF' } };
  await client.api.put('/v1/tokens/{idToken}', { ...lost, body: { ...UNLIMITED, status: 'Blocked' } });
  await client.record('delete', '/v1/tokens/{idToken}', lost);
  await client.record('post', '/v1/tokens/clear-cache', { body: { idToken: TOKEN } });
}

export async function recordImports(client: RecordingClient): Promise<void> {
  const csv = 'idToken,status,groupId,expiresAt,allowedAt,limit,prepaid\n04A0000001,Accepted,,,[],,\n04A0000002,Unheard,,,[],,\n';
  const headers = { 'Content-Type': 'text/csv' };
  const { id } = await client.record('post', '/v1/imports', { query: { kind: 'tokens' }, body: csv, headers });
  await until('the import ended', async () => (await client.api.get('/v1/imports/{id}', { path: { id } })).endedAt);
  await client.record('get', '/v1/imports/{id}', { path: { id } });
  await client.record('get', '/v1/imports/{id}/results', { path: { id }, query: { outcome: ['invalid'], limit: 50 } });
  await client.record('get', '/v1/imports', { query: { limit: 50 } });
  const lines = Array.from({ length: CANCELLED_ITEMS }, (_, nth) =>
    JSON.stringify({ ...UNLIMITED, idToken: `X${nth}`, status: 'Accepted' }),
  );
  const jsonl = {
    query: { kind: 'tokens', dryRun: true },
    body: lines.join('\n'),
    headers: { 'Content-Type': 'application/jsonl' },
  } as const;
  const { id: cancelled } = await client.api.post('/v1/imports', jsonl);
  await client.record('post', '/v1/imports/{id}/cancel', { path: { id: cancelled } });
}
