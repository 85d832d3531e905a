import type { RecordingClient } from '../recorder';
import { TENANT, type RecordedSystem } from './recorded-system';

const TARIFF = { currency: 'EUR', perMinute: '0', perIdleMinute: '0.10', idleGraceMinutes: 10, fixed: '0.50', taxPercent: '19' };

/** Makes the tenant, its prices and its key; returns the client of that key. */
export async function recordTenant({ admin, recorder }: RecordedSystem): Promise<RecordingClient> {
  const tenant = { tenant: TENANT };
  const policies = { minSecurityProfile: 1, masterPassGroup: null, reviewAbove: null } as const;
  await admin.record('put', '/v1/tenants/{tenant}', {
    path: tenant,
    body: { name: 'Acme Charging', currency: 'EUR', defaultTariff: null, ...policies },
  });
  const scopes: ('read' | 'operate' | 'admin')[] = ['read', 'operate', 'admin'];
  const { key } = await admin.record('post', '/v1/api-keys', { body: { name: 'back end', scopes } });
  const client = recorder.client(key);
  await client.record('put', '/v1/tariffs/{tariff}', { path: { tariff: 'day' }, body: { ...TARIFF, perKwh: '0.49' } });
  await client.api.put('/v1/tariffs/{tariff}', { path: { tariff: 'night' }, body: { ...TARIFF, perKwh: '0.29' } });
  await admin.record('patch', '/v1/tenants/{tenant}', { path: tenant, body: { defaultTariff: 'day', reviewAbove: '25' } });
  await admin.record('get', '/v1/tenants/{tenant}', { path: tenant });
  await admin.record('get', '/v1/tenants', { query: { limit: 1 } });
  await admin.api.put('/v1/tenants/{tenant}', { path: { tenant: 'closed' }, body: { currency: 'EUR', defaultTariff: null } });
  await admin.record('delete', '/v1/tenants/{tenant}', { path: { tenant: 'closed' } });
  return client;
}

export async function recordTariffs(client: RecordingClient): Promise<void> {
  await client.record('get', '/v1/tariffs/{tariff}', { path: { tariff: 'day' } });
  await client.record('patch', '/v1/tariffs/{tariff}', { path: { tariff: 'night' }, body: { perKwh: '0.27' } });
  await client.record('get', '/v1/tariffs', { query: { limit: 50 } });
  const assignment = { path: { kind: 'token-group', group: 'FLEET' } } as const;
  await client.record('put', '/v1/tariff-assignments/{kind}/{group}', { ...assignment, body: { tariff: 'day' } });
  await client.record('patch', '/v1/tariff-assignments/{kind}/{group}', { ...assignment, body: { tariff: 'night' } });
  await client.record('get', '/v1/tariff-assignments/{kind}/{group}', assignment);
  await client.record('get', '/v1/tariff-assignments');
  await client.record('delete', '/v1/tariff-assignments/{kind}/{group}', assignment);
  await client.record('delete', '/v1/tariffs/{tariff}', { path: { tariff: 'night' } });
}

export async function recordApiKeys(client: RecordingClient): Promise<void> {
  const { id } = await client.api.post('/v1/api-keys', { body: { name: 'dashboard', scopes: ['read'] } });
  await client.record('get', '/v1/api-keys', { query: { limit: 50 } });
  await client.record('get', '/v1/api-keys/{id}', { path: { id } });
  await client.record('patch', '/v1/api-keys/{id}', {
    path: { id },
    body: { name: 'dashboard of the depot', allowedAddresses: ['192.0.2.0/24'] },
  });
  await client.record('post', '/v1/api-keys/{id}/rotate', { path: { id }, body: { overlapSeconds: 3_600 } });
  await client.record('delete', '/v1/api-keys/{id}', { path: { id } });
}
