import { until } from '@voltbus/infra';
import type { RecordingClient } from '../recorder';
import { ScriptedStation } from '../scripted-station';
import { STATION, TENANT, type RecordedSystem } from './recorded-system';

/** Of the station: not shown, because it is written alone. */
const PASSWORD = 'correct horse battery';
const QR_CODE = 'https://pay.example/{chargingstationid}/{evse}';
/** What the station tells of its local list. */
const VARIABLES: Readonly<Record<string, string>> = {
  'LocalAuthListCtrlr.Available': 'true',
  'LocalAuthListCtrlr.Enabled': 'true',
  'LocalAuthListCtrlr.ItemsPerMessage': '50',
  'LocalAuthListCtrlr.Entries': '0',
  'LocalAuthListCtrlr.Storage': '1000',
};

interface GetVariable {
  component: { name: string };
  variable: { name: string };
}

/** Makes a station and connects it. */
export async function recordStation(client: RecordingClient, { ocppUrl }: RecordedSystem): Promise<ScriptedStation> {
  const path = { station: STATION };
  await client.record('put', '/v1/stations/{station}', {
    path,
    body: {
      password: PASSWORD,
      name: 'Depot, bay 7',
      group: 'depot',
      place: { street: 'Hafenstrasse 12', postalCode: '20457', city: 'Hamburg', country: 'DE', timeZone: 'Europe/Berlin' },
      evseIds: [{ evse: 1, evseId: 'DE*ACM*E7*1' }],
      labels: { owner: 'depot' },
    },
  });
  const url = `${ocppUrl.replace(/\/$/, '')}/${TENANT}`;
  await ScriptedStation.connect(url, STATION, 'a wrong password').catch(() => undefined);
  const station = await ScriptedStation.connect(url, STATION, PASSWORD);
  station.answer('GetVariables', ({ getVariableData }) => ({ getVariableResult: (getVariableData as GetVariable[]).map(variableOf) }));
  station.answer('SetVariables', ({ setVariableData }) => ({
    setVariableResult: (setVariableData as GetVariable[]).map(({ component, variable }) => ({
      attributeStatus: 'Accepted',
      component,
      variable,
    })),
  }));
  station.answer('GetLocalListVersion', () => ({ versionNumber: 0 }));
  station.answer('NotifyWebPaymentStarted', () => ({}));
  station.answer('CostUpdated', () => ({}));
  const chargingStation = { vendorName: 'Example', model: 'AC-22', serialNumber: 'A7-0001', firmwareVersion: '2.4.0' };
  await station.call('BootNotification', { reason: 'PowerUp', chargingStation });
  const tampered = { type: 'TamperDetectionActivated', techInfo: 'door contact open' };
  await station.call('SecurityEventNotification', { ...tampered, timestamp: new Date().toISOString() });
  for (const evseId of [1, 2])
    await station.call('StatusNotification', { evseId, connectorId: 1, connectorStatus: 'Available', timestamp: new Date().toISOString() });
  await until('the station is online', async () => {
    const { online, evses } = await client.api.get('/v1/stations/{station}', { path });
    return online && evses.length === 2;
  });
  return station;
}

function variableOf({ component, variable }: GetVariable): object {
  const value = VARIABLES[`${component.name}.${variable.name}`];
  if (value === undefined) return { attributeStatus: 'UnknownVariable', component, variable };
  return { attributeStatus: 'Accepted', attributeValue: value, component, variable };
}

/** What is asked about stations, and of them. */
export async function recordStations(client: RecordingClient): Promise<void> {
  const path = { station: STATION };
  await client.record('get', '/v1/stations/{station}', { path });
  await client.record('get', '/v1/stations', { query: { online: true, limit: 50 } });
  await client.record('patch', '/v1/stations/{station}', { path, body: { labels: { owner: 'depot', row: 'north' } } });
  await client.api.put('/v1/stations/{station}', { path: { station: 'SPARE-1' }, body: {} });
  await client.record('get', '/v1/refused-connections', { query: { limit: 50 } });
  await client.record('get', '/v1/security-events', { query: { severity: ['critical'], limit: 50 } });
  await recordCommands(client);
  await client.record('delete', '/v1/stations/{station}', { path: { station: 'SPARE-1' } });
  await recordLocalList(client);
  await recordQrCodes(client);
  await client.record('get', '/v1/stations/{station}/messages', { path, query: { limit: 3 } });
}

async function recordCommands(client: RecordingClient): Promise<void> {
  const payload = { requestedMessage: 'StatusNotification', evse: { id: 1, connectorId: 1 } };
  const command = await client.record('post', '/v1/stations/{station}/commands', {
    path: { station: STATION },
    body: { action: 'TriggerMessage', payload, wait: 10 },
  });
  await client.record('get', '/v1/commands/{id}', { path: { id: command.id } });
  await client.record('get', '/v1/commands', { query: { station: [STATION], limit: 1 } });
  const reset = { action: 'Reset', payload: { type: 'OnIdle' }, ttl: 3_600 };
  const { id } = await client.api.post('/v1/stations/{station}/commands', { path: { station: 'SPARE-1' }, body: reset });
  await client.record('post', '/v1/commands/{id}/cancel', { path: { id } });
  await client.record('post', '/v1/stations/{station}/default-tariff', { path: { station: STATION } });
}

async function recordLocalList(client: RecordingClient): Promise<void> {
  const path = { station: STATION };
  await client.record('put', '/v1/stations/{station}/local-list', { path, body: { mode: 'tokens', entriesPerMessage: 20 } });
  await client.record('patch', '/v1/stations/{station}/local-list', { path, body: { entriesPerMessage: 50 } });
  await client.record('post', '/v1/stations/{station}/local-list/sync', { path });
  await client.record('get', '/v1/stations/{station}/local-list', { path });
}

async function recordQrCodes(client: RecordingClient): Promise<void> {
  const path = { station: STATION, evse: 1 };
  const totp = { sharedSecret: 'a secret of station and us', validitySeconds: 30, length: 8 };
  await client.record('put', '/v1/stations/{station}/qr-codes/{evse}', {
    path,
    body: { urlTemplate: `${QR_CODE}/{totp}/{version}`, totp },
  });
  await client.record('patch', '/v1/stations/{station}/qr-codes/{evse}', { path, body: { totp: { validitySeconds: 60 } } });
  await client.record('get', '/v1/stations/{station}/qr-codes/{evse}', { path });
  await client.record('get', '/v1/stations/{station}/qr-codes', { path: { station: STATION } });
  await client.record('delete', '/v1/stations/{station}/qr-codes/{evse}', { path });
  const sticker = { path: { station: STATION, evse: 2 }, body: { urlTemplate: QR_CODE, totp: null } };
  await client.api.put('/v1/stations/{station}/qr-codes/{evse}', sticker);
  await client.record('post', '/v1/web-payments', { body: { url: `https://pay.example/${STATION}/2` } });
}
