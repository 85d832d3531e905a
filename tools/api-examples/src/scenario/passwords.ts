import { until } from '@voltbus/infra';
import { makeRoot } from '../openssl';
import type { RecordingClient } from '../recorder';
import { ScriptedStation } from '../scripted-station';
import { TENANT, type RecordedSystem } from './recorded-system';

const AWAY = { station: 'YARD-3' };
const PASSWORD = 'correct horse battery';

/** A new password for a station that is away, and a higher security profile. */
export async function recordPasswords(client: RecordingClient, { ocppUrl, folder }: RecordedSystem): Promise<void> {
  await client.api.put('/v1/stations/{station}', { path: AWAY, body: { password: PASSWORD } });
  await connectOnce(client, ocppUrl, makeRoot(folder));
  await client.record('post', '/v1/stations/{station}/password-rotation', { path: AWAY });
  await client.record('get', '/v1/stations/{station}/password-rotation', { path: AWAY });
  await client.record('get', '/v1/password-rotations', { query: { state: ['waiting', 'unconfirmed'], limit: 50 } });
  await client.record('post', '/v1/stations/{station}/password-rotation/end', { path: AWAY, body: { keep: 'old' } });
  await recordUpgrade(client);
  await client.api.delete('/v1/stations/{station}', { path: AWAY });
}

async function recordUpgrade(client: RecordingClient): Promise<void> {
  const body = { target: 2 as const, url: 'wss://csms.example.com/ocpp/acme' };
  await client.record('post', '/v1/stations/{station}/security-profile-upgrade', { path: AWAY, body });
  await client.record('get', '/v1/stations/{station}/security-profile-upgrade', { path: AWAY });
  await client.record('get', '/v1/security-profile-upgrades', { query: { state: ['waiting', 'unconfirmed'], limit: 50 } });
  await client.record('delete', '/v1/stations/{station}/security-profile-upgrade', { path: AWAY });
}

async function connectOnce(client: RecordingClient, ocppUrl: string, root: string): Promise<void> {
  const station = await ScriptedStation.connect(`${ocppUrl.replace(/\/$/, '')}/${TENANT}`, AWAY.station, PASSWORD);
  await station.call('BootNotification', { reason: 'PowerUp', chargingStation: { vendorName: 'Example', model: 'AC-22' } });
  const shownAs = (expected: boolean) =>
    until(`the station is shown as online: ${expected}`, async () => {
      const { online } = await client.api.get('/v1/stations/{station}', { path: AWAY });
      return online === expected;
    });
  await shownAs(true);
  await client.api.post('/v1/stations/{station}/installed-certificates', { path: AWAY, body: { kind: 'CSMSRootCertificate', pem: root } });
  await until('the root is installed', async () => {
    const { items } = await client.api.get('/v1/stations/{station}/installed-certificates', { path: AWAY });
    return items.some(({ state }) => state === 'installed');
  });
  station.close();
  await shownAs(false);
}
