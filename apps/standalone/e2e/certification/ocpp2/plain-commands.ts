import { boot, report, type ProtocolName } from '@voltbus/testing';
import { TOKENS, type World } from '../world';
import { charging } from './session';

type Payload = Record<string, unknown>;
type Row = [id: string, title: string, action: string, payload: Payload, response: Payload];

const CTRLR = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'OfflineThreshold' } };
const CLOCK = { component: { name: 'ClockCtrlr' }, variable: { name: 'TimeSource' } };
const read = (value: string) => ({ attributeStatus: 'Accepted', attributeValue: value });
const ACCEPTED = { status: 'Accepted' };
const LIST = {
  versionNumber: 1,
  updateType: 'Full',
  localAuthorizationList: [{ idToken: { idToken: 'CERT-VALID', type: 'ISO14443' }, idTokenInfo: { status: 'Accepted' } }],
};
/** Without a secret: one with a password is refused (`secret-in-command`). */
const NETWORK_PROFILE = {
  configurationSlot: 2,
  connectionData: {
    ...{ ocppVersion: 'OCPP20', ocppTransport: 'JSON', ocppCsmsUrl: 'wss://csms.example/ocpp', messageTimeout: 30 },
    ...{ securityProfile: 2, ocppInterface: 'Wired0' },
  },
};
const CONNECTOR = { id: 1, connectorId: 1 };
const STATION_OFF = { operationalStatus: 'Inoperative' };
const STATION_ON = { operationalStatus: 'Operative' };
const TRANSACTION = { transactionId: 'cert-tx' };

/** Commands that the station answers at once: it gets the payload, and the operator is shown the answer. */
const ROWS: Row[] = [
  ['TC_B_42_CSMS', 'sets a network profile that the station takes', 'SetNetworkProfile', NETWORK_PROFILE, ACCEPTED],
  ['TC_B_44_CSMS', 'shows that the station could not take a network profile', 'SetNetworkProfile', NETWORK_PROFILE, { status: 'Failed' }],
  [
    'TC_B_06_CSMS',
    'reads one variable',
    'GetVariables',
    { getVariableData: [CTRLR] },
    { getVariableResult: [{ ...CTRLR, ...read('60') }] },
  ],
  [
    'TC_B_07_CSMS',
    'reads several variables',
    'GetVariables',
    { getVariableData: [CTRLR, CLOCK] },
    {
      getVariableResult: [
        { ...CTRLR, ...read('60') },
        { ...CLOCK, ...read('NTP') },
      ],
    },
  ],
  [
    'TC_B_09_CSMS',
    'sets one variable',
    'SetVariables',
    { setVariableData: [{ ...CTRLR, attributeValue: '60' }] },
    { setVariableResult: [{ ...CTRLR, attributeStatus: 'Accepted' }] },
  ],
  [
    'TC_B_10_CSMS',
    'sets several variables',
    'SetVariables',
    {
      setVariableData: [
        { ...CTRLR, attributeValue: '60' },
        { ...CLOCK, attributeValue: 'NTP' },
      ],
    },
    {
      setVariableResult: [
        { ...CTRLR, attributeStatus: 'Accepted' },
        { ...CLOCK, attributeStatus: 'RebootRequired' },
      ],
    },
  ],
  ['TC_D_01_CSMS', 'sends a whole list', 'SendLocalList', LIST, ACCEPTED],
  ['TC_D_02_CSMS', 'adds to a list', 'SendLocalList', { ...LIST, versionNumber: 2, updateType: 'Differential' }, ACCEPTED],
  [
    'TC_D_03_CSMS',
    'takes from a list',
    'SendLocalList',
    { versionNumber: 3, updateType: 'Differential', localAuthorizationList: [{ idToken: { idToken: 'CERT-VALID', type: 'ISO14443' } }] },
    ACCEPTED,
  ],
  ['TC_D_04_CSMS', 'empties a list', 'SendLocalList', { versionNumber: 4, updateType: 'Full' }, ACCEPTED],
  ['TC_D_08_CSMS', 'reads the version of a list', 'GetLocalListVersion', {}, { versionNumber: 4 }],
  ['TC_D_09_CSMS', 'reads that there is no list', 'GetLocalListVersion', {}, { versionNumber: 0 }],
  [
    'TC_E_29_CSMS',
    'shows an ongoing transaction with messages in its queue',
    'GetTransactionStatus',
    TRANSACTION,
    { ongoingIndicator: true, messagesInQueue: true },
  ],
  [
    'TC_E_30_CSMS',
    'shows an ongoing transaction without messages in its queue',
    'GetTransactionStatus',
    TRANSACTION,
    { ongoingIndicator: true, messagesInQueue: false },
  ],
  [
    'TC_E_31_CSMS',
    'shows an ended transaction with messages in its queue',
    'GetTransactionStatus',
    TRANSACTION,
    { ongoingIndicator: false, messagesInQueue: true },
  ],
  ['TC_E_33_CSMS', 'shows a station with messages in its queue', 'GetTransactionStatus', {}, { messagesInQueue: true }],
  ['TC_E_34_CSMS', 'shows a station without messages in its queue', 'GetTransactionStatus', {}, { messagesInQueue: false }],
  ['TC_F_06_CSMS', 'unlocks a free connector', 'UnlockConnector', { evseId: 1, connectorId: 1 }, { status: 'Unlocked' }],
  [
    'TC_F_27_CSMS',
    'shows a trigger unknown there',
    'TriggerMessage',
    { requestedMessage: 'PublishFirmwareStatusNotification' },
    { status: 'NotImplemented' },
  ],
  ['TC_G_03_CSMS', 'takes an EVSE out of service', 'ChangeAvailability', { ...STATION_OFF, evse: { id: 1 } }, ACCEPTED],
  ['TC_G_04_CSMS', 'puts an EVSE back into service', 'ChangeAvailability', { ...STATION_ON, evse: { id: 1 } }, ACCEPTED],
  ['TC_G_05_CSMS', 'takes the station out of service', 'ChangeAvailability', STATION_OFF, ACCEPTED],
  ['TC_G_06_CSMS', 'puts the station back into service', 'ChangeAvailability', STATION_ON, ACCEPTED],
  ['TC_G_07_CSMS', 'takes a connector out of service', 'ChangeAvailability', { ...STATION_OFF, evse: CONNECTOR }, ACCEPTED],
  ['TC_G_08_CSMS', 'puts a connector back into service', 'ChangeAvailability', { ...STATION_ON, evse: CONNECTOR }, ACCEPTED],
];

const NOW = { timestamp: '2026-01-01T00:00:00Z' };
const METER = { meterValue: [{ ...NOW, sampledValue: [{ value: 1 }] }] };
/** Triggers, with the messages that the station then sends. */
const TRIGGERS: [id: string, title: string, trigger: Payload, messages: [action: string, payload: Payload][]][] = [
  [
    'TC_F_11_CSMS',
    'readings of one EVSE',
    { requestedMessage: 'MeterValues', evse: { id: 1 } },
    [['MeterValues', { evseId: 1, ...METER }]],
  ],
  [
    'TC_F_12_CSMS',
    'readings of every EVSE',
    { requestedMessage: 'MeterValues' },
    [
      ['MeterValues', { evseId: 1, ...METER }],
      ['MeterValues', { evseId: 2, ...METER }],
    ],
  ],
  [
    'TC_F_15_CSMS',
    'the state of the log upload',
    { requestedMessage: 'LogStatusNotification' },
    [['LogStatusNotification', { status: 'Idle' }]],
  ],
  [
    'TC_F_18_CSMS',
    'the state of the firmware',
    { requestedMessage: 'FirmwareStatusNotification' },
    [['FirmwareStatusNotification', { status: 'Idle' }]],
  ],
  ['TC_F_20_CSMS', 'a heartbeat', { requestedMessage: 'Heartbeat' }, [['Heartbeat', {}]]],
];

export function plainCommands(world: () => World, protocol: ProtocolName): void {
  it.each(ROWS)('%s %s (%s)', async (_case, _title, action, payload, response) => {
    const station = await world().booted(protocol);
    await world().expectAnswered(station, action, payload, response);
  });

  it.each(TRIGGERS)('%s triggers %s and answers it', async (_case, _title, trigger, messages) => {
    const station = await world().booted(protocol);
    await world().expectAnswered(station, 'TriggerMessage', trigger, ACCEPTED);
    for (const [action, payload] of messages) await expect(station.call(action, payload)).resolves.toEqual(expect.any(Object));
  });

  it.each([
    ['TC_F_13_CSMS', 'of one EVSE', { requestedMessage: 'TransactionEvent', evse: { id: 1 } }],
    ['TC_F_14_CSMS', 'of every EVSE', { requestedMessage: 'TransactionEvent' }],
  ])('%s triggers the state of the transaction %s', async (_case, _title, trigger) => {
    const station = await world().booted(protocol);
    const session = await charging(station);
    await world().expectAnswered(station, 'TriggerMessage', trigger, ACCEPTED);
    await session.sendEvent('Updated', 'Trigger', { charging: 'Charging', drawnWh: 120 });
    await world().transaction(station, { state: 'active', energyWh: 120 });
  });

  it.each([
    ['TC_F_23_CSMS', 'Available'],
    ['TC_F_24_CSMS', 'Occupied'],
  ] as const)('%s triggers the state of a connector and shows it (%s)', async (_case, word) => {
    const station = await world().booted(protocol);
    await world().expectAnswered(station, 'TriggerMessage', { requestedMessage: 'StatusNotification', evse: CONNECTOR }, ACCEPTED);
    await report(station, word);
    await world().connectorShown(station, word);
  });

  it.each([
    ['TC_B_20_CSMS', 'OnIdle', {}],
    ['TC_B_25_CSMS', 'OnIdle', { evseId: 1 }],
  ])('%s resets where nobody charges, and accepts the boot that follows (%s %j)', async (_case, type, where) => {
    const station = await world().booted(protocol);
    await world().expectAnswered(station, 'Reset', { type, ...where }, ACCEPTED);
    expect(await boot(station)).toMatchObject({ status: 'Accepted' });
    await report(station, 'Available');
    await world().connectorShown(station, 'Available');
  });

  it.each([
    ['TC_B_21_CSMS', 'OnIdle', {}, 'Scheduled', 'Local'],
    ['TC_B_22_CSMS', 'Immediate', {}, 'Accepted', 'ImmediateReset'],
    ['TC_B_26_CSMS', 'OnIdle', { evseId: 1 }, 'Scheduled', 'Local'],
    ['TC_B_27_CSMS', 'Immediate', { evseId: 1 }, 'Accepted', 'ImmediateReset'],
  ])('%s resets where somebody charges and keeps the session (%s %j %s %s)', async (_case, type, where, answer, stopped) => {
    const station = await world().booted(protocol);
    const session = await charging(station);
    await world().expectAnswered(station, 'Reset', { type, ...where }, { status: answer });
    await session.sendEvent('Ended', stopped === 'Local' ? 'StopAuthorized' : 'ResetCommand', { stopped, drawnWh: 500 });
    await world().transaction(station, { state: 'ended', stopReason: stopped, energyWh: 500 });
    expect(await boot(station)).toMatchObject({ status: 'Accepted' });
  });

  it.each([
    ['TC_G_11_CSMS', { evse: { id: 1 } }],
    ['TC_G_14_CSMS', {}],
    ['TC_G_17_CSMS', { evse: CONNECTOR }],
  ])('%s takes out of service after the session %j', async (_case, where) => {
    const station = await world().booted(protocol);
    const session = await charging(station);
    await world().expectAnswered(station, 'ChangeAvailability', { ...STATION_OFF, ...where }, { status: 'Scheduled' });
    await session.sendEvent('Ended', 'StopAuthorized', { token: TOKENS.VALID, stopped: 'Local', drawnWh: 500 });
    await world().transaction(station, { state: 'ended', energyWh: 500 });
    await station.call('StatusNotification', {
      evseId: 1,
      connectorId: 1,
      connectorStatus: 'Unavailable',
      timestamp: new Date().toISOString(),
    });
    await world().connectorShown(station, 'Unavailable');
  });

  it('TC_G_20_CSMS answers the event of a lock that failed, and has no session', async () => {
    const station = await world().booted(protocol);
    const event = {
      eventId: 1,
      timestamp: new Date().toISOString(),
      trigger: 'Alerting',
      actualValue: 'true',
      eventNotificationType: 'HardWiredNotification',
      component: { name: 'ConnectorPlugRetentionLock', evse: CONNECTOR },
      variable: { name: 'Problem' },
    };
    expect(await station.call('NotifyEvent', { generatedAt: event.timestamp, seqNo: 0, tbc: false, eventData: [event] })).toEqual({});
    expect(await world().transactions(station.options.station)).toEqual([]);
  });

  it.each([
    ['TC_B_12_CSMS', 'ConfigurationInventory'],
    ['TC_B_13_CSMS', 'FullInventory'],
    ['TC_B_14_CSMS', 'SummaryInventory'],
  ])('%s asks for a report and answers its parts (%s)', async (_case, reportBase) => {
    const station = await world().booted(protocol);
    await world().expectAnswered(station, 'GetBaseReport', { requestId: 0, reportBase }, ACCEPTED);
    const reportData = [{ ...CTRLR, variableAttribute: [{ value: '60' }] }];
    for (const seqNo of [0, 1]) {
      const part = { requestId: 0, generatedAt: new Date().toISOString(), seqNo, tbc: seqNo === 0, reportData };
      expect(await station.call('NotifyReport', part)).toEqual({});
    }
  });
}
