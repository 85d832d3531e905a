import { eventually, type ForeignStation, type ProtocolName } from '@voltbus/testing';
import { nextCall } from '../next-call';
import { asked, shown } from '../station-requests';
import { TOKENS, type World } from '../world';

type Payload = Record<string, unknown>;

const ACCEPTED = { status: 'Accepted' };
const POWER = { component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'Power' } };
const MONITOR = { component: 'EVSE', evse: 1, variable: 'Power', type: 'UpperThreshold', value: 5, severity: 2 };
const CRITERIA = ['ThresholdMonitoring', 'DeltaMonitoring', 'PeriodicMonitoring'];
const HASH = { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '1' };
const now = () => new Date().toISOString();

const pathOf = ({ options }: ForeignStation) => `/v1/stations/${options.station}`;
const monitorsOf = async (world: World, station: ForeignStation) =>
  (await world.api.get<{ items: { id: number; variable: string }[] }>(`${pathOf(station)}/monitors`)).body.items;

/** The station reports these monitors, each in a part of its own. */
async function reportMonitors(station: ForeignStation, requestId: unknown, ids: readonly number[]): Promise<void> {
  const only21 = station.options.protocol === 'ocpp2.1' ? { eventNotificationType: 'CustomMonitor' } : {};
  const variableMonitoring = (id: number) => [{ id, transaction: false, value: 1, type: 'UpperThreshold', severity: 5, ...only21 }];
  for (const [seqNo, id] of ids.entries()) {
    const monitor = [{ ...POWER, variableMonitoring: variableMonitoring(id) }];
    const part = { requestId, seqNo, tbc: seqNo < ids.length - 1, generatedAt: now(), monitor };
    expect(await station.call('NotifyMonitoringReport', part)).toEqual({});
  }
}

/** Monitors: set, cleared, reported (N02 to N06). */
export function monitors(world: () => World, protocol: ProtocolName): void {
  it.each<[string, string, Payload]>([
    ['TC_N_01_CSMS', 'by criteria', { monitoringCriteria: CRITERIA.slice(0, 1) }],
    ['TC_N_02_CSMS', 'by variable', { componentVariable: [POWER] }],
    ['TC_N_03_CSMS', 'by criteria and variable', { monitoringCriteria: CRITERIA.slice(0, 1), componentVariable: [POWER] }],
    ['TC_N_60_CSMS', 'by criteria and several', { monitoringCriteria: CRITERIA, componentVariable: [POWER, { component: { name: 'Connector' } }] }],
  ])('%s shows a report of monitors %s', async (_case, _title, criteria) => {
    const station = await world().booted(protocol);
    await world().expectAnswered(station, 'GetMonitoringReport', { requestId: 1, ...criteria }, ACCEPTED);
    await reportMonitors(station, 1, [3, 4]);
    await eventually(() => monitorsOf(world(), station), (items) => items.length === 2); // prettier-ignore
  }); // prettier-ignore

  it('TC_N_47_CSMS shows a report of all monitors', async () => {
    const station = await world().booted(protocol);
    const called = nextCall(station, 'GetMonitoringReport', ACCEPTED);
    await world().api.post(`${pathOf(station)}/monitors/refresh`, {});
    await reportMonitors(station, (await called())['requestId'], [3]);
    await eventually(() => monitorsOf(world(), station), (items) => items.length === 1); // prettier-ignore
  });

  it('TC_N_05_CSMS sets the monitoring base', () =>
    setMonitoring({ base: 'All' }, 'SetMonitoringBase', { monitoringBase: 'All' }, 'Accepted'));
  it('TC_N_16_CSMS sets the monitoring level', () => setMonitoring({ level: 4 }, 'SetMonitoringLevel', { severity: 4 }, 'Accepted'));
  it('TC_N_17_CSMS shows that a station refuses a level', () =>
    setMonitoring({ level: 9 }, 'SetMonitoringLevel', { severity: 9 }, 'Rejected'));

  async function setMonitoring(wanted: Payload, action: string, payload: Payload, status: string): Promise<void> {
    const station = await world().booted(protocol);
    const called = nextCall(station, action, { status });
    const { body } = await world().api.patch(`${pathOf(station)}/monitoring`, wanted);
    expect([await called(), body]).toMatchObject([payload, { [Object.keys(wanted)[0] ?? '']: { result: status.toLowerCase() } }]);
  }

  it.each([
    ['TC_N_08_CSMS', ['Power']],
    ['TC_N_09_CSMS', ['Power', 'Temperature']],
  ])('%s sets monitors of %j', async (_case, variables) => {
    const station = await world().booted(protocol);
    let monitorsSet = 0; // it is asked for one at a time, because it has told no limits
    station.answer('SetVariableMonitoring', ({ setMonitoringData }) => ({
      setMonitoringResult: (setMonitoringData as Payload[]).map(({ component, variable, type, severity }) => ({
        ...{ component, variable, type, severity, status: 'Accepted', id: ++monitorsSet },
      })),
    }));
    const wanted = variables.map((variable) => ({ ...MONITOR, variable }));
    const { body } = await world().api.post(`${pathOf(station)}/monitors`, { monitors: wanted });
    expect(body).toMatchObject({ results: variables.map(() => ({ result: 'accepted' })) });
    expect(await monitorsOf(world(), station)).toMatchObject(variables.map((variable) => ({ variable })));
  });

  it('TC_N_18_CSMS clears no more monitors at once than the station takes', async () => {
    const station = await world().booted(protocol);
    const variable = { name: 'ItemsPerMessage', instance: 'ClearVariableMonitoring' };
    const reportData = [{ component: { name: 'MonitoringCtrlr' }, variable, variableAttribute: [{ value: '2' }] }];
    await station.call('NotifyReport', { requestId: 1, generatedAt: now(), seqNo: 0, tbc: false, reportData });
    await eventually(() => world().api.get<{ items: unknown[] }>(`${pathOf(station)}/variables`), ({ body }) => body.items.length > 0); // prettier-ignore
    expect(await clear(station, [1, 2, 3], 'Accepted')).toEqual([{ id: [1, 2] }, { id: [3] }]);
  });

  it('TC_N_44_CSMS shows that a station keeps a monitor', async () => {
    const station = await world().booted(protocol);
    expect(await clear(station, [7], 'Rejected')).toEqual([{ id: [7] }]);
  });

  async function clear(station: ForeignStation, ids: readonly number[], status: string): Promise<unknown[]> {
    station.answer('ClearVariableMonitoring', ({ id }) => ({
      clearMonitoringResult: (id as number[]).map((one) => ({ id: one, status })),
    }));
    const { body } = await world().api.post(`${pathOf(station)}/monitors/clear`, { ids });
    expect(body).toMatchObject({ results: ids.map((id) => ({ id, result: status.toLowerCase() })) });
    return station.received.filter(({ action }) => action === 'ClearVariableMonitoring').map(({ payload }) => payload);
  }

  it.each<[string, string, Payload]>([
    ['TC_N_21_CSMS', 'of a built-in monitor', { trigger: 'Alerting', eventNotificationType: 'HardWiredMonitor' }],
    ['TC_N_24_CSMS', 'of a periodic monitor', { trigger: 'Periodic', eventNotificationType: 'CustomMonitor', variableMonitoringId: 3 }],
    ['TC_N_48_CSMS', 'of a write-only variable', { trigger: 'Delta', eventNotificationType: 'CustomMonitor', actualValue: '' }],
    ['TC_N_49_CSMS', 'of a threshold that was cleared', { trigger: 'Alerting', eventNotificationType: 'CustomMonitor', cleared: true }],
    ['TC_N_50_CSMS', 'of a period after a boot', { trigger: 'Periodic', eventNotificationType: 'CustomMonitor', variableMonitoringId: 4 }],
  ])('%s shows an event %s', async (_case, _title, event) => {
    const station = await world().booted(protocol);
    const eventData = [{ eventId: 1, timestamp: now(), actualValue: '7', ...POWER, ...event }];
    expect(await station.call('NotifyEvent', { generatedAt: now(), seqNo: 0, tbc: false, eventData })).toEqual({});
    const events = () => world().api.get<{ items: unknown[] }>(`/v1/device-events?station=${station.options.station}`);
    await eventually(events, ({ body }) => body.items.length === 1);
  });
}

/** What stations know of customers (N09, N10). */
export function customers(world: () => World, protocol: ProtocolName): void {
  const TOKEN = { idToken: { idToken: TOKENS.VALID, type: 'ISO14443' } };
  it.each<[string, string, Payload, string, string | null]>([
    ['TC_N_27_CSMS', 'reports', { report: true, ...TOKEN }, 'succeeded', null],
    ['TC_N_28_CSMS', 'knows nothing of', { report: true, ...TOKEN }, 'succeeded', null],
    ['TC_N_29_CSMS', 'refuses to report', { report: true, ...TOKEN }, 'failed', 'rejected'],
    ['TC_N_30_CSMS', 'clears and reports', { report: true, clear: true, ...TOKEN }, 'succeeded', null],
    ['TC_N_31_CSMS', 'clears, and knows nothing of', { report: true, clear: true, ...TOKEN }, 'succeeded', null],
    ['TC_N_32_CSMS', 'clears', { report: false, clear: true, ...TOKEN }, 'succeeded', null],
    ['TC_N_62_CSMS', 'reports by his identifier', { report: true, customerIdentifier: 'Ann' }, 'succeeded', null],
    ['TC_N_63_CSMS', 'reports by his certificate', { report: true, customerCertificate: HASH }, 'succeeded', null],
  ])('%s shows what a station %s a customer', async (_case, _title, body, state, reason) => {
    const station = await world().booted(protocol);
    const response = { status: state === 'failed' ? 'Rejected' : 'Accepted' };
    const call = { path: 'customer-information' as const, body, action: 'CustomerInformation', response };
    const { id, requestId, payload } = await asked(world(), station, call);
    expect(payload).toMatchObject({ requestId, clear: false, ...body });
    if (state !== 'failed' && body['report'] === true)
      for (const [seqNo, data] of ['sessions of ', 'this driver'].entries())
        expect(await station.call('NotifyCustomerInformation', { requestId, seqNo, tbc: seqNo === 0, generatedAt: now(), data })).toEqual({});
    await shown(world(), `/v1/customer-information/${id}`, state, reason);
  }); // prettier-ignore
}
