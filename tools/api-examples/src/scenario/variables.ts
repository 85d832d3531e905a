import { until } from '@voltbus/infra';
import type { RecordingClient } from '../recorder';
import type { ScriptedStation } from '../scripted-station';
import { STATION } from './recorded-system';

const PATH = { station: STATION };
const PROFILE = { path: { profile: 'ac-22' } };
const INTERVAL = { component: 'SampledDataCtrlr', variable: 'TxUpdatedInterval' };
/** What the station reports: component, variable, value, mutability. */
const REPORTED = [
  ['AuthCtrlr', 'LocalPreAuthorize', 'false', 'ReadWrite'],
  ['ChargingStation', 'Model', 'AC-22', 'ReadOnly'],
  ['SampledDataCtrlr', 'TxUpdatedInterval', '60', 'ReadWrite'],
] as const;

/** A report, a value that is set, and a profile that keeps it. */
export async function recordVariables(client: RecordingClient, station: ScriptedStation): Promise<void> {
  const requested = new Promise<number>((resolve) =>
    station.answer('GetBaseReport', ({ requestId }) => (resolve(Number(requestId)), { status: 'Accepted' })),
  );
  await client.record('post', '/v1/stations/{station}/variables/refresh', { path: PATH, body: { report: 'ConfigurationInventory' } });
  await station.call('NotifyReport', {
    requestId: await requested,
    generatedAt: new Date().toISOString(),
    seqNo: 0,
    reportData: reportData(),
  });
  await until('the report is complete', async () => {
    const { items } = await client.api.get('/v1/stations/{station}/variable-reports', { path: PATH });
    return items.some(({ state }) => state === 'complete');
  });
  await client.record('patch', '/v1/stations/{station}/variables', { path: PATH, body: { variables: [{ ...INTERVAL, value: '30' }] } });
  await client.record('get', '/v1/stations/{station}/variables', { path: PATH, query: { component: ['SampledDataCtrlr'], limit: 50 } });
  station.answer('GetReport', () => ({ status: 'EmptyResultSet' }));
  await client.record('post', '/v1/stations/{station}/variable-reports', { path: PATH, body: { criteria: ['Problem'] } });
  await client.record('get', '/v1/stations/{station}/variable-changes', { path: PATH, query: { limit: 1 } });
  await client.record('get', '/v1/stations/{station}/variable-reports', { path: PATH, query: { limit: 1 } });
}

export async function recordConfiguration(client: RecordingClient): Promise<void> {
  const values = [{ ...INTERVAL, value: '30' }];
  await client.record('put', '/v1/configuration-profiles/{profile}', { ...PROFILE, body: { mode: 'dry-run', models: ['AC-22'], values } });
  await client.record('patch', '/v1/configuration-profiles/{profile}', { ...PROFILE, body: { mode: 'apply' } });
  await client.record('get', '/v1/configuration-profiles/{profile}', PROFILE);
  await client.record('get', '/v1/configuration-profiles', { query: { limit: 50 } });
  await client.record('put', '/v1/stations/{station}/configuration', { path: PATH, body: { values: [], paused: true } });
  await client.record('patch', '/v1/stations/{station}/configuration', { path: PATH, body: { paused: false } });
  await client.record('post', '/v1/stations/{station}/configuration/check', { path: PATH });
  await client.record('get', '/v1/stations/{station}/configuration', { path: PATH });
  await client.record('get', '/v1/station-configurations', { query: { limit: 50 } });
  await client.record('delete', '/v1/configuration-profiles/{profile}', PROFILE);
}

/** A quirk that is switched for a model, and what holds for a station. */
export async function recordQuirks(client: RecordingClient): Promise<void> {
  const quirks = [{ quirk: 'heartbeat-at-most', on: true, value: '60' }] as const;
  await client.record('get', '/v1/quirks');
  await client.record('put', '/v1/quirk-profiles/{profile}', { ...PROFILE, body: { models: ['AC-*'], quirks: [...quirks] } });
  await client.record('patch', '/v1/quirk-profiles/{profile}', { ...PROFILE, body: { description: 'loses its connection when idle' } });
  await client.record('get', '/v1/quirk-profiles/{profile}', PROFILE);
  await client.record('get', '/v1/quirk-profiles', { query: { limit: 50 } });
  await client.record('get', '/v1/stations/{station}/quirks', { path: PATH });
  await client.record('delete', '/v1/quirk-profiles/{profile}', PROFILE);
}

function reportData(): object[] {
  return REPORTED.map(([component, variable, value, mutability]) => ({
    component: { name: component },
    variable: { name: variable },
    variableAttribute: [{ value, mutability, persistent: true, constant: false }],
    variableCharacteristics: { dataType: /^\d+$/.test(value) ? 'integer' : 'string', supportsMonitoring: false },
  }));
}
