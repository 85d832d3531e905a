import { until } from '@voltbus/infra';
import type { RecordingClient } from '../recorder';
import type { ScriptedStation } from '../scripted-station';
import { STATION } from './recorded-system';

const PATH = { station: STATION };
const IN_AN_HOUR_MS = 3_600_000;

/** A place that is kept for a driver, and given up. */
export async function recordReservations(client: RecordingClient, station: ScriptedStation): Promise<void> {
  station.answer('ReserveNow', () => ({ status: 'Accepted' }));
  station.answer('CancelReservation', () => ({ status: 'Accepted' }));
  const expiresAt = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + IN_AN_HOUR_MS).toISOString();
  const body = { idToken: '04A1B2C3D4E5F6', evse: 1, expiresAt };
  const { id } = await client.record('post', '/v1/stations/{station}/reservations', { path: PATH, body });
  await until('the station has reserved', async () => {
    const { state } = await client.api.get('/v1/reservations/{id}', { path: { id } });
    return state === 'reserved';
  });
  await client.record('get', '/v1/reservations/{id}', { path: { id } });
  await client.record('get', '/v1/reservations', { query: { state: ['reserved'], limit: 50 } });
  await client.record('post', '/v1/reservations/{id}/cancel', { path: { id } });
}

/** A message on the display of the station, changed and cleared. */
export async function recordDisplay(client: RecordingClient, station: ScriptedStation): Promise<void> {
  for (const action of ['SetDisplayMessage', 'ClearDisplayMessage', 'GetDisplayMessages'])
    station.answer(action, () => ({ status: 'Accepted' }));
  const contents = [{ format: 'UTF8' as const, language: 'en', content: 'Closed for works from 22:00' }];
  const { id: message } = await client.record('post', '/v1/stations/{station}/display-messages', {
    path: PATH,
    body: { contents, priority: 'InFront', endsAt: '2030-01-01T00:00:00Z' },
  });
  await until('the station shows it', async () => {
    const { stand } = await client.api.get('/v1/stations/{station}/display-messages/{message}', { path: { ...PATH, message } });
    return stand === 'set';
  });
  await client.record('get', '/v1/stations/{station}/display-messages/{message}', { path: { ...PATH, message } });
  await client.record('put', '/v1/stations/{station}/display-messages/{message}', {
    path: { ...PATH, message },
    body: { contents, priority: 'NormalCycle' },
  });
  await client.record('patch', '/v1/stations/{station}/display-messages/{message}', {
    path: { ...PATH, message },
    body: { state: 'Idle' },
  });
  await client.record('get', '/v1/stations/{station}/display-messages', { path: PATH, query: { limit: 50 } });
  await client.record('post', '/v1/stations/{station}/display-report', { path: PATH });
  await client.record('get', '/v1/stations/{station}/display-report', { path: PATH });
  await client.record('delete', '/v1/stations/{station}/display-messages/{message}', { path: { ...PATH, message } });
}
