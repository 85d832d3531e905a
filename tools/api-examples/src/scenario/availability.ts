import { until } from '@voltbus/infra';
import type { RecordingClient } from '../recorder';
import type { ScriptedStation } from '../scripted-station';
import { STATION } from './recorded-system';

const PATH = { station: STATION };
const RULE = { path: { rule: 'offline' } };
const TEMPERATURE = { component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'Temperature' } };

/** A connector that is taken out of service and put back. */
export async function recordAvailability(client: RecordingClient, station: ScriptedStation): Promise<void> {
  station.answer('ChangeAvailability', () => ({ status: 'Accepted' }));
  const place = { evse: 2, connector: 1 };
  const reason = 'cable is damaged';
  await client.record('post', '/v1/stations/{station}/change-availability', {
    path: PATH,
    body: { ...place, availability: 'Inoperative', reason },
  });
  await client.api.post('/v1/stations/{station}/change-availability', { path: PATH, body: { ...place, availability: 'Operative' } });
  await client.record('get', '/v1/stations/{station}/availability', { path: PATH });
  await client.record('get', '/v1/stations/{station}/status-history', { path: PATH, query: { evse: [1], limit: 2 } });
}

/** A monitor that is set, and the report of all monitors. */
export async function recordMonitors(client: RecordingClient, station: ScriptedStation): Promise<void> {
  const monitor = { type: 'UpperThreshold' as const, value: 80, severity: 3 };
  station.answer('SetVariableMonitoring', () => ({
    setMonitoringResult: [{ ...TEMPERATURE, id: 41, status: 'Accepted', type: monitor.type, severity: monitor.severity }],
  }));
  station.answer('GetMonitoringReport', () => ({ status: 'Accepted' }));
  const monitors = [{ component: TEMPERATURE.component.name, evse: 1, variable: TEMPERATURE.variable.name, ...monitor }];
  await client.record('post', '/v1/stations/{station}/monitors', { path: PATH, body: { monitors, wait: 10 } });
  await client.record('get', '/v1/stations/{station}/monitors', { path: PATH, query: { severity: 5 } });
  await client.record('post', '/v1/stations/{station}/monitors/refresh', { path: PATH, body: { wait: 10 } });
  await client.record('patch', '/v1/stations/{station}/monitoring', { path: PATH, body: { level: 5, wait: 10 } });
  await client.record('get', '/v1/stations/{station}/monitoring', { path: PATH });
  await recordStreams(client, station);
  station.answer('ClearVariableMonitoring', () => ({ clearMonitoringResult: [{ id: 40, status: 'NotFound' }] }));
  await client.record('post', '/v1/stations/{station}/monitors/clear', { path: PATH, body: { ids: [40], wait: 10 } });
}

/** A stream of the values of a monitor. */
async function recordStreams(client: RecordingClient, station: ScriptedStation): Promise<void> {
  const path = { ...PATH, stream: 3 };
  await station.call('OpenPeriodicEventStream', { constantStreamData: { id: 3, params: { interval: 10 }, variableMonitoringId: 41 } });
  station.notify('NotifyPeriodicEventStream', { id: 3, pending: 0, basetime: new Date().toISOString(), data: [{ t: 0, v: '61.5' }] });
  await until('the value is here', async () => {
    const { items } = await client.api.get('/v1/stations/{station}/event-streams', { path: PATH });
    return items.some(({ received }) => received === 1);
  });
  await client.record('patch', '/v1/stations/{station}/event-streams/{stream}', { path, body: { intervalSeconds: 60, wait: 10 } });
  await client.record('get', '/v1/stations/{station}/event-streams', { path: PATH, query: { open: true } });
  await client.record('get', '/v1/stations/{station}/event-streams/{stream}/values', { path, query: { limit: 50 } });
  station.answer('ClearVariableMonitoring', () => ({ clearMonitoringResult: [{ id: 41, status: 'Rejected' }] }));
  await client.record('post', '/v1/stations/{station}/event-streams/{stream}/close', { path, body: { wait: 10 } });
  station.answer('GetPeriodicEventStream', () => ({}));
  await client.record('post', '/v1/stations/{station}/event-streams/refresh', { path: PATH, body: { wait: 10 } });
}

/** An alert that the monitor raises, and a rule. */
export async function recordAlerts(client: RecordingClient, station: ScriptedStation): Promise<void> {
  const now = new Date().toISOString();
  const event = { eventId: 12, timestamp: now, trigger: 'Alerting', actualValue: '84.5', eventNotificationType: 'CustomMonitor' };
  const eventData = [{ ...event, ...TEMPERATURE, variableMonitoringId: 41, techInfo: 'fan 2 stands still' }];
  await station.call('NotifyEvent', { generatedAt: now, seqNo: 0, eventData });
  await until('the alert is raised', async () => (await client.api.get('/v1/alerts', { query: { open: true } })).items.length > 0);
  await client.record('get', '/v1/alerts', { query: { open: true } });
  await client.record('get', '/v1/device-events', { query: { component: ['EVSE'], limit: 50 } });
  await client.record('put', '/v1/alert-rules/{rule}', { ...RULE, body: { kind: 'offline', minutes: 15, severity: 4 } });
  await client.record('patch', '/v1/alert-rules/{rule}', { ...RULE, body: { minutes: 30 } });
  await client.record('get', '/v1/alert-rules/{rule}', RULE);
  await client.record('get', '/v1/alert-rules', { query: { limit: 50 } });
  await client.record('delete', '/v1/alert-rules/{rule}', RULE);
}

/** The uptime of this month, without an outage. */
export async function recordUptime(client: RecordingClient): Promise<void> {
  const now = Date.now();
  const [from, to] = [now - 7_200_000, now - 3_600_000].map((time) => new Date(time).toISOString()) as [string, string];
  const body = { station: STATION, evse: 1, from, to, reason: 'scheduled-maintenance' as const, note: 'fan replaced' };
  const { id } = await client.record('post', '/v1/uptime-exclusions', { body });
  await client.record('get', '/v1/uptime-exclusions/{id}', { path: { id } });
  await client.record('get', '/v1/uptime-exclusions', { query: { station: [STATION] } });
  const month = new Date(now).toISOString().slice(0, 7);
  await client.record('get', '/v1/uptime', { query: { month } });
  await client.recordText('/v1/uptime/export', { query: { month } });
  await client.record('delete', '/v1/uptime-exclusions/{id}', { path: { id } });
}
