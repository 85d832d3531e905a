import type { Protocol } from '@voltbus/contracts';
import { ForeignCsms, until } from '../testing/foreign-csms';

let csms: ForeignCsms;
beforeEach(async () => (csms = await ForeignCsms.start()));
afterEach(() => csms.stop());

describe.each<Protocol>(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'])('a station of %s that is called', (protocol) => {
  it('boots again after a reset', async () => {
    await csms.startStation(protocol).whenReady();
    const type = protocol === 'ocpp1.6' ? 'Soft' : 'Immediate';
    await expect(csms.call('Reset', { type })).resolves.toEqual({ status: 'Accepted' });
    await until(() => csms.actions('BootNotification').length === 2);
  });
});

// Stations of 1.6 have every command.
it.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])(
  'a station of %s answers NotImplemented to a command that it does not have',
  async (protocol) => {
    await csms.startStation(protocol).whenReady();
    await expect(csms.call('UnpublishFirmware', { checksum: 'c' })).rejects.toMatchObject({ rpcErrorCode: 'NotImplemented' });
  },
);

describe.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])('the transaction of a station of %s', (protocol) => {
  const started = async (): Promise<Record<string, unknown>> => {
    const find = () => csms.received.find(({ payload }) => payload['eventType'] === 'Started');
    await until(() => find() !== undefined);
    return find()?.payload ?? {};
  };

  it.each([0, 4711, 2 ** 31 - 1])('F02.FR.05 repeats the number of its remote start: %s', async (remoteStartId) => {
    await csms.startStation(protocol).whenReady();
    const idToken = { idToken: 'TAG', type: 'ISO14443' };
    await expect(csms.call('RequestStartTransaction', { idToken, evseId: 1, remoteStartId })).resolves.toEqual({
      status: 'Accepted',
    });
    expect(await started()).toMatchObject({ triggerReason: 'RemoteStart', transactionInfo: { remoteStartId } });
    expect(csms.violations).toEqual([]);
  });

  it('has no remote start when the driver stands at the station', async () => {
    const station = csms.startStation(protocol);
    await station.whenReady();
    await station.charge({ idToken: 'TAG', seconds: 0.1, readEverySeconds: 0.1 });
    const { triggerReason, transactionInfo } = await started();
    expect([triggerReason, Object.keys(transactionInfo as object)]).toEqual(['Authorized', ['transactionId', 'chargingState']]);
  });
});

it.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])(
  'N10: a station of %s reports what it had of a customer where it is asked to, after it has accepted to forget him',
  async (protocol) => {
    await csms.startStation(protocol).whenReady();
    const call = (payload: object) => csms.call('CustomerInformation', { requestId: 3, customerIdentifier: 'ANN', ...payload });
    await expect(call({ report: false, clear: false })).resolves.toEqual({ status: 'Rejected' });
    await expect(call({ report: false, clear: true })).resolves.toEqual({ status: 'Accepted' });
    await expect(call({ report: true, clear: true })).resolves.toEqual({ status: 'Accepted' });
    await until(() => csms.actions().includes('NotifyCustomerInformation'));
    expect(csms.actions().filter((action) => action === 'NotifyCustomerInformation')).toHaveLength(1);
    expect(csms.violations).toEqual([]);
  },
);

it.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])('N02, N04, N06: a station of %s sets, reports and clears monitors', async (protocol) => {
  await csms.startStation(protocol).whenReady();
  const named = (name: string) => ({ component: { name: 'EVSE' }, variable: { name }, type: 'Delta', severity: 5 });
  const set = (setMonitoringData: object[]) => csms.call('SetVariableMonitoring', { setMonitoringData });
  await expect(csms.call('GetMonitoringReport', { requestId: 1 })).resolves.toEqual({ status: 'EmptyResultSet' });
  await expect(set(['A', 'B', 'C', 'A'].map((name) => ({ ...named(name), value: 1 })))).resolves.toMatchObject({
    setMonitoringResult: [{ status: 'Accepted', id: 1 }, { id: 2 }, { id: 3 }, { ...named('A'), status: 'Duplicate' }],
  });
  await expect(csms.call('GetMonitoringReport', { requestId: 2 })).resolves.toEqual({ status: 'Accepted' });
  await until(() => csms.actions('NotifyMonitoringReport').length === 2);
  await expect(csms.call('ClearVariableMonitoring', { id: [1, 9] })).resolves.toMatchObject({
    clearMonitoringResult: [
      { id: 1, status: 'Accepted' },
      { id: 9, status: 'NotFound' },
    ],
  });
  await expect(csms.call('SetMonitoringBase', { monitoringBase: 'All' })).resolves.toEqual({ status: 'Accepted' });
  await expect(csms.call('SetMonitoringLevel', { severity: 4 })).resolves.toEqual({ status: 'Accepted' });
  expect(csms.violations).toEqual([]);
});

it('N11 to N14: a station of 2.1 opens a stream with a monitor, adjusts it, and closes it with the monitor', async () => {
  await csms.startStation('ocpp2.1').whenReady();
  const data = {
    component: { name: 'EVSE' },
    variable: { name: 'Power' },
    type: 'Periodic',
    value: 1,
    severity: 5,
    periodicEventStream: { interval: 10 },
  };
  await csms.call('SetVariableMonitoring', { setMonitoringData: [data] });
  await until(() => csms.actions('OpenPeriodicEventStream').length === 1);
  const streams = () => csms.call('GetPeriodicEventStream', {});
  await expect(streams()).resolves.toEqual({ constantStreamData: [{ id: 1, variableMonitoringId: 1, params: { interval: 10 } }] });
  const adjust = (id: number) => csms.call('AdjustPeriodicEventStream', { id, params: { values: 5 } });
  await expect(Promise.all([adjust(1), adjust(2)])).resolves.toEqual([{ status: 'Accepted' }, { status: 'Rejected' }]);
  await csms.call('ClearVariableMonitoring', { id: [1] });
  await until(() => csms.actions('ClosePeriodicEventStream').length === 1);
  await expect(streams()).resolves.toEqual({});
  expect(csms.violations).toEqual([]);
});
