import { until } from '@voltbus/infra';
import type { RecordingClient } from '../recorder';
import type { ScriptedStation } from '../scripted-station';
import { STATION, type RecordedSystem } from './recorded-system';

/** A log that the station uploads, whose file is downloaded and removed, and one that waits for a station that is not connected. */
export async function recordLogs(client: RecordingClient, station: ScriptedStation, { recorder }: RecordedSystem): Promise<void> {
  let address = '';
  station.answer('GetLog', ({ log }) => {
    address = new URL((log as { remoteLocation: string }).remoteLocation).pathname;
    return { status: 'Accepted', filename: 'diagnostics.log' };
  });
  const { id } = await client.record('post', '/v1/stations/{station}/logs', {
    path: { station: STATION },
    body: { type: 'DiagnosticsLog', from: '2026-01-01T00:00:00Z', retries: 2 },
  });
  const path = { id };
  const isIn = (wanted: string) => async () => (await client.api.get('/v1/logs/{id}', { path })).state === wanted;
  await until('the station has accepted the log', isIn('accepted'));
  await fetch(`${recorder.apiUrl}${address}diagnostics.log`, { method: 'PUT', body: 'an entry\n' });
  await until('the log is here', isIn('succeeded'));
  await client.record('get', '/v1/logs/{id}', { path });
  await client.record('get', '/v1/logs', { query: { state: ['succeeded'], limit: 50 } });
  await client.recordText('/v1/logs/{id}/file', { path });
  await client.record('delete', '/v1/logs/{id}/file', { path });
  await recordCancelled(client);
}

async function recordCancelled(client: RecordingClient): Promise<void> {
  const path = { station: 'SPARE-3' };
  await client.api.put('/v1/stations/{station}', { path, body: {} });
  const { id } = await client.api.post('/v1/stations/{station}/logs', { path, body: {} });
  await client.record('post', '/v1/logs/{id}/cancel', { path: { id } });
  await client.api.delete('/v1/stations/{station}', { path });
}

/** A reset of an EVSE that the station accepts, and one that waits for a station that is not connected. */
export async function recordResets(client: RecordingClient, station: ScriptedStation): Promise<void> {
  station.answer('Reset', () => ({ status: 'Scheduled' }));
  const { id } = await client.record('post', '/v1/stations/{station}/resets', {
    path: { station: STATION },
    body: { type: 'OnIdle', evse: 1, runHours: 12 },
  });
  const path = { id };
  await until('the station has scheduled its reset', async () => (await client.api.get('/v1/resets/{id}', { path })).scheduled);
  await client.record('get', '/v1/resets/{id}', { path });
  await client.record('get', '/v1/resets', { query: { state: ['accepted'], limit: 50 } });
  const spare = { station: 'SPARE-3' };
  await client.api.put('/v1/stations/{station}', { path: spare, body: {} });
  const waiting = await client.api.post('/v1/stations/{station}/resets', { path: spare, body: {} });
  await client.record('post', '/v1/resets/{id}/cancel', { path: { id: waiting.id } });
  await client.api.delete('/v1/stations/{station}', { path: spare });
}
