import type { Command, Protocol } from '@voltbus/contracts';
import { ASK_WAIT_MS, BACK_QUIET_MS, RECONCILE_MS } from './silence';
import { SILENT_MS, startService, type ServiceFixture, type SpokenAs } from './service-fixture';
import type { StationMessage } from '@voltbus/station-link';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  const token = { idToken: 'T', type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: true } as const;
  await service.tokenStore.put('default', token);
});
afterAll(() => service?.close());
beforeEach(() => {
  service.asked.length = 0;
  later(0);
});

const BEGIN = Date.now() - 3_600_000;
const at = (minutes: number) => new Date(BEGIN + minutes * 60_000).toISOString();
function later(ms: number): void {
  service.clock.at = () => new Date(Date.now() + ms);
}
const heard = () => Promise.resolve(true);
const sweepAfter = (ms: number) => {
  later(ms);
  return service.silence.sweep(heard);
};
const as = (name: string, protocol: Protocol): SpokenAs => ({ protocol, station: name });
const start16 = async (name: string) =>
  Number(
    (await service.say(as(name, 'ocpp1.6'), 'StartTransaction', { connectorId: 1, idTag: 'T', meterStart: 1000, timestamp: at(0) }))[
      'transactionId'
    ],
  );
const reading16 = (name: string, minute: number, wh: number, more: object = {}, sample: object = {}) =>
  service.say(as(name, 'ocpp1.6'), 'MeterValues', {
    ...{ connectorId: 1, ...more },
    meterValue: [{ timestamp: at(minute), sampledValue: [{ value: String(wh), ...sample }] }],
  });
const event2 = (
  name: string,
  eventType: string,
  seqNo: number,
  wh: number,
  { transactionId = `T-${name}`, minute = seqNo, evse = 1 } = {},
) =>
  service.say(as(name, 'ocpp2.0.1'), 'TransactionEvent', {
    ...{
      eventType,
      seqNo,
      timestamp: at(minute),
      triggerReason: 'Trigger',
      transactionInfo: { transactionId },
      evse: { id: evse, connectorId: 1 },
    },
    meterValue: [{ timestamp: at(minute), sampledValue: [{ value: wh }] }],
  });
/** What a station says of a connector, `ms` from now. */
function word(name: string, protocol: Protocol, status: string, { connector = 1, evse = 1, ms = 0 } = {}): Promise<void> {
  const payload =
    protocol === 'ocpp1.6' ? { connectorId: evse, status } : { evseId: evse, connectorId: connector, connectorStatus: status };
  return service.connectorWords.take([message(name, protocol, 'StatusNotification', payload, ms)]);
}
function message(station: string, protocol: Protocol, action: string, payload: object, ms = 0): StationMessage<never> {
  // what is read of a message
  return {
    ref: { tenant: 'default', station },
    protocol,
    action,
    payload,
    receivedAt: new Date(Date.now() + ms),
  } as unknown as StationMessage<never>;
}
const answered = (name: string, response: object, transactionId = `T-${name}`) =>
  service.silence.answered({
    ...{ id: '', tenant: 'default', station: name, action: 'GetTransactionStatus', payload: { transactionId } },
    ...{ status: 'answered', response, error: null, createdAt: '', sentAt: null, endedAt: null },
  } as Command);
const OVER = { ongoingIndicator: false, messagesInQueue: false };
const ends = (name: string) => service.endsTold(name).map(({ endedAt, energyWh, flags }) => ({ endedAt, energyWh, flags }));

describe('quirk 14, 1.6 section 4.9: a session whose connector is free', () => {
  it.each(['Available', 'Finishing'])('goes on for a while, and is over when nothing was heard of it since: %s', async (status) => {
    const id = await start16(status);
    await reading16(status, 20, 5000, { transactionId: id });
    await word(status, 'ocpp1.6', status);
    await sweepAfter(RECONCILE_MS - 10_000);
    expect(ends(status)).toEqual([]);
    await sweepAfter(RECONCILE_MS + 10_000);
    expect(ends(status)).toEqual([{ endedAt: at(20), energyWh: 4000, flags: ['silent-end'] }]);
    await service.say(as(status, 'ocpp1.6'), 'StopTransaction', { transactionId: id, meterStop: 6000, timestamp: at(30), reason: 'Local' });
    expect(ends(status).at(-1)).toEqual({ endedAt: at(30), energyWh: 5000, flags: [] });
  });

  it('is not over when its connector is taken again, when readings go on (quirk 67), or when another connector is free', async () => {
    for (const name of ['taken', 'reads', 'other']) await start16(name);
    await word('taken', 'ocpp1.6', 'Available');
    await word('taken', 'ocpp1.6', 'Charging');
    await word('reads', 'ocpp1.6', 'Available', { ms: -20_000 });
    await reading16('reads', 30, 3000);
    await word('other', 'ocpp1.6', 'Available', { evse: 2 });
    await sweepAfter(RECONCILE_MS + 10_000);
    for (const name of ['taken', 'reads', 'other']) expect(ends(name)).toEqual([]);
  });

  it('is judged once more when its connector is free again later', async () => {
    const id = await start16('twice');
    await word('twice', 'ocpp1.6', 'Available', { ms: -60_000 });
    await reading16('twice', 30, 3000, { transactionId: id });
    await word('twice', 'ocpp1.6', 'Available');
    await sweepAfter(RECONCILE_MS + 10_000);
    expect(ends('twice')).toHaveLength(1);
  });

  it('is not judged while its lane lags', async () => {
    await start16('lags');
    await word('lags', 'ocpp1.6', 'Available');
    later(RECONCILE_MS + 10_000);
    await service.silence.sweep(() => Promise.resolve(false));
    expect(ends('lags')).toEqual([]);
  });

  it('of 2.x is asked about, by its connector: with several at an EVSE the others are free', async () => {
    await event2('asked', 'Started', 0, 1000);
    await word('asked', 'ocpp2.0.1', 'Available', { connector: 2 });
    await sweepAfter(RECONCILE_MS + 10_000);
    expect(service.asked).toEqual([]);
    later(0);
    await word('asked', 'ocpp2.0.1', 'Available');
    await sweepAfter(RECONCILE_MS + 10_000);
    await sweepAfter(RECONCILE_MS + 20_000);
    expect(service.asked.map(({ action, payload }) => [action, payload])).toEqual([['GetTransactionStatus', { transactionId: 'T-asked' }]]);
    expect(ends('asked')).toEqual([]);
    await answered('asked', { ongoingIndicator: true, messagesInQueue: false }); // parking without a cable
    await sweepAfter(RECONCILE_MS + ASK_WAIT_MS + 60_000);
    expect(ends('asked')).toEqual([]);
  });

  it('of 2.x is over when its station does not answer; G01: also where the state came as an event', async () => {
    await event2('event', 'Started', 0, 1000);
    const eventData = [
      {
        component: { name: 'Connector', evse: { id: 1, connectorId: 1 } },
        variable: { name: 'AvailabilityState' },
        actualValue: 'Available',
      },
    ];
    await service.connectorWords.take([message('event', 'ocpp2.0.1', 'NotifyEvent', { eventData })]);
    await sweepAfter(RECONCILE_MS + 10_000);
    await sweepAfter(RECONCILE_MS + ASK_WAIT_MS + 20_000);
    expect(ends('event')).toHaveLength(1);
  });
});

describe('E14: a 2.x station that is back', () => {
  const back = (name: string, epoch: number, ms: number) => {
    const when = new Date(Date.now() + ms).toISOString();
    return service.presence.came({
      tenant: 'default',
      station: name,
      protocol: 'ocpp2.0.1',
      gateway: 'gw',
      epoch,
      at: when,
      reason: 'connected',
    });
  };

  it('is asked, once a connection, about what it says nothing of; what it says is over ends as it was heard last', async () => {
    await event2('back', 'Started', 0, 1000);
    await event2('back', 'Updated', 5, 4000);
    await back('back', 1, 1_000);
    await sweepAfter(1_000 + BACK_QUIET_MS - 5_000); // it may still tell what it kept
    expect(service.asked).toEqual([]);
    await sweepAfter(1_000 + BACK_QUIET_MS + 5_000);
    await sweepAfter(1_000 + BACK_QUIET_MS + 65_000);
    expect(service.asked.map(({ station, action, payload }) => [station, action, payload])).toEqual([
      ['back', 'GetTransactionStatus', { transactionId: 'T-back' }],
    ]);
    await answered('back', OVER);
    expect(ends('back')).toEqual([]);
    await sweepAfter(1_000 + BACK_QUIET_MS + 125_000);
    expect(ends('back')).toEqual([{ endedAt: at(5), energyWh: 3000, flags: ['gap', 'silent-end'] }]);
  });

  it('is not asked about what it has spoken of since, and again after the next time it was away', async () => {
    await event2('talks', 'Started', 0, 1000);
    await back('talks', 1, -5_000);
    await sweepAfter(BACK_QUIET_MS + 5_000);
    expect(service.asked).toEqual([]);
    await back('talks', 2, 30_000);
    await sweepAfter(30_000 + BACK_QUIET_MS + 5_000);
    await back('talks', 3, 300_000);
    await sweepAfter(300_000 + BACK_QUIET_MS + 5_000);
    expect(service.asked).toHaveLength(2);
  });

  it('is believed, but for a word that came after it was asked', async () => {
    await event2('race', 'Started', 0, 1000);
    await back('race', 1, 1_000);
    await sweepAfter(1_000 + BACK_QUIET_MS + 5_000);
    await answered('race', OVER);
    await event2('race', 'Updated', 1, 2000);
    await sweepAfter(1_000 + BACK_QUIET_MS + 65_000);
    expect(ends('race')).toEqual([]);
  });

  it('which uses an id again is believed about the session that has it now', async () => {
    const transactionId = 'USED';
    await event2('reuse', 'Started', 0, 1000, { transactionId });
    await event2('reuse', 'Ended', 1, 2000, { transactionId });
    await event2('reuse', 'Started', 0, 2000, { transactionId, minute: 10 });
    await event2('reuse', 'Updated', 1, 5000, { transactionId, minute: 12 });
    await back('reuse', 1, 1_000);
    await sweepAfter(1_000 + BACK_QUIET_MS + 5_000);
    await answered('reuse', OVER, transactionId);
    await sweepAfter(1_000 + BACK_QUIET_MS + 65_000);
    expect(ends('reuse').map(({ energyWh }) => energyWh)).toEqual([1000, 3000]);
  });
});

describe('readings that name no session', () => {
  it('quirk 45 are a sign of the one of their EVSE, as long as it is open', async () => {
    await start16('nameless');
    later(SILENT_MS - 60_000);
    await reading16('nameless', 30, 2000);
    await sweepAfter(SILENT_MS + 60_000);
    expect(ends('nameless')).toEqual([]);
  });

  it('are none when they come by the clock, of another EVSE or of the whole station', async () => {
    await start16('clock');
    later(SILENT_MS - 60_000);
    await reading16('clock', 30, 2000, {}, { context: 'Sample.Clock' });
    await reading16('clock', 30, 2000, { connectorId: 2 });
    await reading16('clock', 30, 2000, { connectorId: 0 });
    await sweepAfter(SILENT_MS + 60_000);
    expect(ends('clock')).toHaveLength(1);
  });
});
