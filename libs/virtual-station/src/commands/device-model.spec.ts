import { ForeignCsms, until } from '../testing/foreign-csms';

let csms: ForeignCsms;
beforeEach(async () => (csms = await ForeignCsms.start()));
afterEach(() => csms.stop());

interface Part {
  requestId: number;
  seqNo: number;
  tbc: boolean;
  reportData: {
    component: { name: string };
    variable: { name: string; instance?: string };
    variableAttribute: { value: string; mutability: string }[];
  }[];
}
const parts = () => csms.received.filter(({ action }) => action === 'NotifyReport').map(({ payload }) => payload as unknown as Part);
const TIME = { component: { name: 'ClockCtrlr' }, variable: { name: 'TimeSource' } };
const MODEL = { component: { name: 'ChargingStation' }, variable: { name: 'Model' } };
const INTERVAL = { component: { name: 'SampledDataCtrlr' }, variable: { name: 'TxUpdatedInterval' } };

it('B07 reports everything in parts of the usual size, and what can be set when it is asked for the configuration', async () => {
  await csms.startStation('ocpp2.0.1', { deviceModel: { measuring: 3_000, perPart: 100 } }).whenReady();
  await expect(csms.call('GetBaseReport', { requestId: 5, reportBase: 'FullInventory' })).resolves.toEqual({ status: 'Accepted' });
  await until(() => parts().at(-1)?.tbc === false);
  expect(parts().map(({ requestId, seqNo }) => [requestId, seqNo])).toEqual(parts().map((_, nth) => [5, nth]));
  const reported = parts().flatMap(({ reportData }) => reportData);
  expect(new Set(reported.map(({ component, variable }) => JSON.stringify([component, variable]))).size).toBe(reported.length);
  expect(reported.length).toBeGreaterThan(3_000);
  expect(reported).toContainEqual(
    expect.objectContaining({
      variable: { name: 'ItemsPerMessage', instance: 'SetVariables' },
      variableAttribute: [expect.objectContaining({ value: '10', mutability: 'ReadOnly' })],
    }),
  );
  await expect(csms.call('GetBaseReport', { requestId: 6, reportBase: 'SummaryInventory' })).resolves.toEqual({ status: 'NotSupported' });
  expect(csms.violations).toEqual([]);
});

it('B05 refuses what cannot be set, and uses some values after the next boot only', async () => {
  const station = csms.startStation('ocpp2.0.1');
  await station.whenReady();
  const values = [TIME, MODEL, INTERVAL, INTERVAL].map((names, nth) => ({ ...names, attributeValue: ['Heartbeat', 'x', '30', '-1'][nth] }));
  const { setVariableResult } = await csms.call('SetVariables', { setVariableData: values });
  expect((setVariableResult as { attributeStatus: string }[]).map(({ attributeStatus }) => attributeStatus)).toEqual([
    ...['RebootRequired', 'Rejected', 'Accepted', 'Rejected'],
  ]);
  expect([station.variables.get('ClockCtrlr.TimeSource'), station.variables.get('SampledDataCtrlr.TxUpdatedInterval')]).toEqual([
    'NTP',
    '30',
  ]);
  await csms.call('Reset', { type: 'Immediate' });
  expect(station.variables.get('ClockCtrlr.TimeSource')).toBe('Heartbeat');
});

it('B06.FR.05 answers a request with more variables than it takes by an error', async () => {
  await csms.startStation('ocpp2.0.1', { deviceModel: { itemsPerMessage: 2 } }).whenReady();
  const read = csms.call('GetVariables', { getVariableData: [TIME, MODEL, INTERVAL] });
  await expect(read).rejects.toMatchObject({ rpcErrorCode: 'OccurrenceConstraintViolation' });
  await expect(csms.call('GetVariables', { getVariableData: [TIME, MODEL] })).resolves.toMatchObject({
    getVariableResult: [{ attributeValue: 'NTP' }, {}],
  });
});

it('1.6 sections 5.3 and 5.8: keys that are read-only, unknown, or used after the next boot, and too many at once', async () => {
  await csms.startStation('ocpp1.6', { deviceModel: { itemsPerMessage: 2 } }).whenReady();
  const change = (key: string) => csms.call('ChangeConfiguration', { key, value: '5' });
  const keys = ['HeartbeatInterval', 'NumberOfConnectors', 'WebSocketPingInterval', 'Unheard'];
  const statuses = await Promise.all(keys.map(async (key) => (await change(key))['status']));
  expect(statuses).toEqual(['Accepted', 'Rejected', 'RebootRequired', 'NotSupported']);
  const { configurationKey } = await csms.call('GetConfiguration', { key: ['NumberOfConnectors', 'HeartbeatInterval'] });
  expect(configurationKey).toEqual([
    { key: 'NumberOfConnectors', readonly: true, value: '1' },
    { key: 'HeartbeatInterval', readonly: false, value: '5' },
  ]);
  await expect(csms.call('GetConfiguration', { key: keys })).rejects.toMatchObject({
    rpcErrorCode: expect.stringMatching(/Constraint/) as string,
  });
});
