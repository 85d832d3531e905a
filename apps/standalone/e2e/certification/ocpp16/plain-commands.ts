import type { World } from '../world';

type Payload = Record<string, unknown>;
type Row = [id: string, title: string, action: string, payload: Payload, response: Payload];

const key = (name: string, value: string): Payload => ({ key: name, readonly: false, value });
const CONFIGURATION = { configurationKey: [key('MeterValueSampleInterval', '60'), key('HeartbeatInterval', '300')] };
const LIST = { listVersion: 1, updateType: 'Full', localAuthorizationList: [{ idTag: 'CERT-VALID', idTagInfo: { status: 'Accepted' } }] };

/** Commands that the station answers at once: it gets the payload, and the operator is shown the answer. */
const ROWS: Row[] = [
  ['TC_017_1_CSMS', 'unlocks a free connector', 'UnlockConnector', { connectorId: 1 }, { status: 'Unlocked' }],
  ['TC_017_2_CSMS', 'shows that a fixed cable has no lock', 'UnlockConnector', { connectorId: 1 }, { status: 'NotSupported' }],
  ['TC_019_1_CSMS', 'reads the whole configuration', 'GetConfiguration', {}, CONFIGURATION],
  [
    'TC_019_2_CSMS',
    'reads one key',
    'GetConfiguration',
    { key: ['SupportedFeatureProfiles'] },
    { configurationKey: [key('SupportedFeatureProfiles', 'Core')] },
  ],
  ['TC_021_CSMS', 'changes a key', 'ChangeConfiguration', { key: 'MeterValueSampleInterval', value: '60' }, { status: 'Accepted' }],
  ['TC_030_CSMS', 'shows that a lock would not open', 'UnlockConnector', { connectorId: 1 }, { status: 'UnlockFailed' }],
  ['TC_031_CSMS', 'shows that there is no such connector', 'UnlockConnector', { connectorId: 9 }, { status: 'NotSupported' }],
  ['TC_040_1_CSMS', 'shows a key unknown there', 'ChangeConfiguration', { key: 'Colour', value: 'red' }, { status: 'NotSupported' }],
  [
    'TC_040_2_CSMS',
    'shows a value refused',
    'ChangeConfiguration',
    { key: 'MeterValueSampleInterval', value: '-1' },
    { status: 'Rejected' },
  ],
  ['TC_061_CSMS', "clears the station's cache", 'ClearCache', {}, { status: 'Accepted' }],
  ['TC_042_1_CSMS', 'shows that there are no local lists', 'GetLocalListVersion', {}, { listVersion: -1 }],
  ['TC_042_2_CSMS', 'shows that the local list is empty', 'GetLocalListVersion', {}, { listVersion: 0 }],
  ['TC_043_1_CSMS', 'shows that no list is taken', 'SendLocalList', LIST, { status: 'NotSupported' }],
  ['TC_043_3_CSMS', 'shows that the list failed', 'SendLocalList', LIST, { status: 'Failed' }],
  ['TC_043_4_CSMS', 'sends a whole list', 'SendLocalList', LIST, { status: 'Accepted' }],
  [
    'TC_043_5_CSMS',
    'sends what changed of a list',
    'SendLocalList',
    { ...LIST, listVersion: 2, updateType: 'Differential' },
    { status: 'Accepted' },
  ],
  ['TC_055_CSMS', 'shows that a trigger is refused', 'TriggerMessage', { requestedMessage: 'MeterValues' }, { status: 'Rejected' }],
];

export function plainCommands(world: () => World): void {
  it.each(ROWS)('%s %s (%s)', async (_case, _title, action, payload, response) => {
    const station = await world().booted('ocpp1.6');
    await world().expectAnswered(station, action, payload, response);
  });

  it.each<[string, Payload]>([
    ['MeterValues', { connectorId: 1, meterValue: [{ timestamp: '2026-01-01T00:00:00Z', sampledValue: [{ value: '1' }] }] }],
    ['Heartbeat', {}],
    ['StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' }],
    ['DiagnosticsStatusNotification', { status: 'Idle' }],
    ['FirmwareStatusNotification', { status: 'Idle' }],
  ])('TC_054_CSMS triggers a %s and answers it', async (requestedMessage, payload) => {
    const station = await world().booted('ocpp1.6');
    await world().expectAnswered(station, 'TriggerMessage', { requestedMessage }, { status: 'Accepted' });
    await expect(station.call(requestedMessage, payload)).resolves.toEqual(expect.any(Object));
  });

  it('TC_064_CSMS answers data of a vendor it does not know', async () => {
    const station = await world().booted('ocpp1.6');
    expect(await station.call('DataTransfer', { vendorId: 'org.example.unheard-of', data: 'x' })).toMatchObject({
      status: 'UnknownVendorId',
    });
  });
}
