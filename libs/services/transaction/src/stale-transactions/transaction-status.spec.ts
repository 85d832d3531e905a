import type { Protocol, QuirkSettings } from '@voltbus/contracts';
import type { StationMessage } from '@voltbus/service';
import { STALE_MS } from '../testing/service-fixture';
import { STATUS_WAIT_MS, FREE_WAIT_MS } from './domain/staleness';
import { StaleTransactionHarness } from './testing/stale-transaction-harness';

let quiet: StaleTransactionHarness;
let service: StaleTransactionHarness['service'];
beforeAll(async () => {
  quiet = await StaleTransactionHarness.start();
  ({ service } = quiet);
});
afterAll(() => service?.close());
beforeEach(() => {
  service.sent.length = 0;
  quiet.later(0);
});

interface Word {
  connector?: number;
  evse?: number;
  ms?: number;
  quirks?: QuirkSettings;
}

/** A status that a station reports of a connector, `ms` from now. */
function word(name: string, protocol: Protocol, status: string, { connector = 1, evse = 1, ms = 0, quirks }: Word = {}): Promise<void> {
  const payload =
    protocol === 'ocpp1.6' ? { connectorId: evse, status } : { evseId: evse, connectorId: connector, connectorStatus: status };
  return service.connectorObserver.observe([{ ...message(name, protocol, 'StatusNotification', payload, ms), ...(quirks && { quirks }) }]);
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
const ends = (name: string) => service.publishedEnds(name).map(({ endedAt, energyWh, flags }) => ({ endedAt, energyWh, flags }));

describe('quirk 14, 1.6 section 4.9: a session whose connector is free', () => {
  it.each(['Available', 'Finishing'])('continues for a while, and is over without activity since: %s', async (status) => {
    const id = await quiet.start16(status);
    await quiet.reading16(status, 20, 5000, { transactionId: id });
    await word(status, 'ocpp1.6', status);
    await quiet.sweep(FREE_WAIT_MS - 10_000);
    expect(ends(status)).toEqual([]);
    await quiet.sweep(FREE_WAIT_MS + 10_000);
    expect(ends(status)).toEqual([{ endedAt: quiet.at(20), energyWh: 4000, flags: ['silent-end'] }]);
    await service.receive({ protocol: 'ocpp1.6', station: status }, 'StopTransaction', {
      transactionId: id,
      meterStop: 6000,
      timestamp: quiet.at(30),
      reason: 'Local',
    });
    expect(ends(status).at(-1)).toEqual({ endedAt: quiet.at(30), energyWh: 5000, flags: [] });
  });

  it('is not over when its connector is taken again, when readings go on (quirk 67), or when another connector is free', async () => {
    for (const name of ['taken', 'reads', 'other']) await quiet.start16(name);
    await word('taken', 'ocpp1.6', 'Available');
    await word('taken', 'ocpp1.6', 'Charging');
    await word('reads', 'ocpp1.6', 'Available', { ms: -20_000 });
    await quiet.reading16('reads', 61, 3000);
    await word('other', 'ocpp1.6', 'Available', { evse: 2 });
    await quiet.sweep(FREE_WAIT_MS + 10_000);
    for (const name of ['taken', 'reads', 'other']) expect(ends(name)).toEqual([]);
  });

  it('quirk available-ends: on, which is the default, a status ends the session; off, it proves nothing', async () => {
    for (const name of ['proves', 'proves-nothing']) await quiet.start16(name);
    await word('proves', 'ocpp1.6', 'Available', { quirks: { 'available-ends': true } });
    await word('proves-nothing', 'ocpp1.6', 'Available', { quirks: { 'available-ends': false } });
    await quiet.sweep(FREE_WAIT_MS + 10_000);
    expect([ends('proves').length, ends('proves-nothing').length]).toEqual([1, 0]);
  });

  it('is judged once more when its connector is free again later', async () => {
    const id = await quiet.start16('twice');
    await word('twice', 'ocpp1.6', 'Available', { ms: -60_000 });
    await quiet.reading16('twice', 61, 3000, { transactionId: id });
    await word('twice', 'ocpp1.6', 'Available');
    await quiet.sweep(FREE_WAIT_MS + 10_000);
    expect(ends('twice')).toHaveLength(1);
  });

  it('is not judged while its lane lags', async () => {
    await quiet.start16('lags');
    await word('lags', 'ocpp1.6', 'Available');
    quiet.later(FREE_WAIT_MS + 10_000);
    await service.staleTransactions.sweep(() => Promise.resolve(false));
    expect(ends('lags')).toEqual([]);
  });

  it('of 2.x is asked about, by its connector: with several at an EVSE the others are free', async () => {
    await quiet.event2('asked', 'Started', 0, 1000);
    await word('asked', 'ocpp2.0.1', 'Available', { connector: 2 });
    await quiet.sweep(FREE_WAIT_MS + 10_000);
    expect(service.sent).toEqual([]);
    quiet.later(0);
    await word('asked', 'ocpp2.0.1', 'Available');
    await quiet.sweep(FREE_WAIT_MS + 10_000);
    await quiet.sweep(FREE_WAIT_MS + 20_000);
    expect(service.sent.map(({ action, payload }) => [action, payload])).toEqual([['GetTransactionStatus', { transactionId: 'T-asked' }]]);
    expect(ends('asked')).toEqual([]);
    await quiet.answered('asked', { ongoingIndicator: true, messagesInQueue: false }); // parking without a cable
    await quiet.sweep(FREE_WAIT_MS + STATUS_WAIT_MS + 60_000);
    expect(ends('asked')).toEqual([]);
  });

  it('of 2.x is over when its station does not answer; G01: also when the status came as an event', async () => {
    await quiet.event2('event', 'Started', 0, 1000);
    const eventData = [
      {
        component: { name: 'Connector', evse: { id: 1, connectorId: 1 } },
        variable: { name: 'AvailabilityState' },
        actualValue: 'Available',
      },
    ];
    await service.connectorObserver.observe([message('event', 'ocpp2.0.1', 'NotifyEvent', { eventData })]);
    await quiet.sweep(FREE_WAIT_MS + 10_000);
    await quiet.sweep(FREE_WAIT_MS + STATUS_WAIT_MS + 20_000);
    expect(ends('event')).toHaveLength(1);
  });
});

describe('readings that come late hide no lost end: what counts is when they were taken', () => {
  it.each([
    ['queue-named', true],
    ['queue-nameless', false],
  ])('1.6: a queue is emptied after Available, and its stop was dropped: %s readings', async (name, named) => {
    const id = await quiet.start16(name);
    await word(name, 'ocpp1.6', 'Available', { ms: -8_000 });
    for (const minute of [20, 30]) await quiet.reading16(name, minute, 1000 + 100 * minute, named ? { transactionId: id } : {});
    await quiet.sweep(FREE_WAIT_MS - 10_000);
    expect(ends(name)).toEqual([]);
    await quiet.sweep(FREE_WAIT_MS + 10_000);
    expect(ends(name)).toEqual([{ endedAt: quiet.at(30), energyWh: 3000, flags: ['silent-end'] }]);
    // one more of the queue moves the end, and opens nothing
    await quiet.reading16(name, 40, 5000, named ? { transactionId: id } : {});
    expect(ends(name).slice(1)).toEqual([{ endedAt: quiet.at(40), energyWh: 4000, flags: ['silent-end'] }]);
  });

  it('goes by the clock of the station where the status brings its time', async () => {
    const id = await quiet.start16('own-clock');
    // its clock is half an hour slow: the readings come after the status by that clock too
    const payload = { connectorId: 1, status: 'Available', timestamp: quiet.at(30) };
    await service.connectorObserver.observe([message('own-clock', 'ocpp1.6', 'StatusNotification', payload)]);
    await quiet.reading16('own-clock', 31, 2000, { transactionId: id });
    await quiet.sweep(FREE_WAIT_MS + 10_000);
    expect(ends('own-clock')).toEqual([]);
  });

  it('2.x: its station is asked, and what it does not answer is over with the last reading', async () => {
    await quiet.event2('queue', 'Started', 0, 1000);
    await word('queue', 'ocpp2.0.1', 'Available', { ms: -8_000 });
    await quiet.event2('queue', 'Updated', 1, 4000, { minute: 30 });
    await quiet.sweep(FREE_WAIT_MS + 10_000);
    expect(service.sent.map(({ action }) => action)).toEqual(['GetTransactionStatus']);
    await quiet.sweep(FREE_WAIT_MS + STATUS_WAIT_MS + 20_000);
    expect(ends('queue')).toEqual([{ endedAt: quiet.at(30), energyWh: 3000, flags: ['silent-end'] }]);
  });
});

describe('activity of another transaction at its EVSE', () => {
  it('2.x: whose start was lost makes the station be queried about the older one, which ends with its last activity', async () => {
    await quiet.event2('lost', 'Started', 0, 1000, { transactionId: 'A' });
    await quiet.event2('lost', 'Updated', 1, 3000, { transactionId: 'A', minute: 10 });
    await quiet.event2('lost', 'Updated', 4, 9000, { transactionId: 'B', minute: 55 });
    await quiet.sweep(FREE_WAIT_MS + 10_000);
    expect(service.sent.map(({ payload }) => payload)).toEqual([{ transactionId: 'A' }]);
    await quiet.sweep(FREE_WAIT_MS + STATUS_WAIT_MS + 20_000);
    expect(ends('lost')).toEqual([{ endedAt: quiet.at(10), energyWh: 2000, flags: ['silent-end'] }]);
  });

  it('ends nothing when the station reports that the older one continues, or when it began before', async () => {
    await quiet.event2('goes', 'Started', 0, 1000, { transactionId: 'A' });
    await quiet.event2('goes', 'Updated', 4, 9000, { transactionId: 'B', minute: 55 });
    await quiet.sweep(FREE_WAIT_MS + 10_000);
    await quiet.answered('goes', { ongoingIndicator: true, messagesInQueue: false }, { payload: { transactionId: 'A' } });
    await quiet.sweep(FREE_WAIT_MS + STATUS_WAIT_MS + 20_000);
    expect(ends('goes')).toEqual([]);
    quiet.later(0);
    service.sent.length = 0;
    await quiet.event2('older', 'Started', 0, 1000, { transactionId: 'B', minute: 10 });
    await quiet.event2('older', 'Ended', 3, 900, { transactionId: 'A', minute: 5 });
    await quiet.sweep(FREE_WAIT_MS + 10_000);
    expect(service.sent).toEqual([]);
  });

  it('2.x: an older one with late activity is queried', async () => {
    await quiet.event2('late-old', 'Started', 0, 3000, { transactionId: 'B', minute: 50 });
    await quiet.event2('late-old', 'Started', 0, 1000, { transactionId: 'A', minute: 10 });
    await quiet.sweep(FREE_WAIT_MS + 10_000);
    expect(service.sent.map(({ payload }) => payload)).toEqual([{ transactionId: 'A' }]);
  });
});

describe('readings that name no session', () => {
  it('quirk 45 are a sign of the one of their EVSE, as long as it is open', async () => {
    await quiet.start16('nameless');
    quiet.later(STALE_MS - 60_000);
    await quiet.reading16('nameless', 30, 2000);
    await quiet.sweep(STALE_MS + 60_000);
    expect(ends('nameless')).toEqual([]);
  });

  it('are none when they come by the clock, of another EVSE or of the whole station', async () => {
    await quiet.start16('clock');
    quiet.later(STALE_MS - 60_000);
    await quiet.reading16('clock', 30, 2000, {}, { context: 'Sample.Clock' });
    await quiet.reading16('clock', 30, 2000, { connectorId: 2 });
    await quiet.reading16('clock', 30, 2000, { connectorId: 0 });
    await quiet.sweep(STALE_MS + 60_000);
    expect(ends('clock')).toHaveLength(1);
  });
});
