import { StaleTransactionHarness } from './testing/stale-transaction-harness';
import { STATUS_WAIT_MS } from './domain/staleness';
import { STALE_MS } from '../testing/service-fixture';

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

const only = async (name: string) => (await service.transactionsOf(name))[0];
const ends = (name: string) =>
  service.publishedEnds(name).map(({ revision, endedAt, energyWh, flags }) => ({ revision, endedAt, energyWh, flags }));

describe('a stale transaction', () => {
  it('1.6: ends with its last activity, flagged, and is billed up to it', async () => {
    const id = await quiet.start16('lost');
    await quiet.reading16('lost', 20, 4000, { transactionId: id });
    await quiet.sweep(STALE_MS - 60_000);
    expect(await only('lost')).toMatchObject({ state: 'active' });
    await quiet.sweep(STALE_MS + 60_000);
    expect(ends('lost')).toEqual([{ revision: 1, endedAt: quiet.at(20), energyWh: 3000, flags: ['silent-end'] }]);
    await quiet.sweep();
    expect(ends('lost')).toHaveLength(1);
  });

  it('is not judged while its lane lags: its messages may be waiting there', async () => {
    await quiet.start16('lag');
    quiet.later(STALE_MS + 60_000);
    const instants: number[] = [];
    await service.staleTransactions.sweep((instant) => Promise.resolve(void instants.push(instant)).then(() => false));
    expect(await only('lag')).toMatchObject({ state: 'active' });
    expect(instants[0]).toBeLessThan(service.clock.at().getTime());
    await quiet.sweep();
    expect(await only('lag')).toMatchObject({ state: 'ended' });
  });

  it("gives way to the station's own stop, which comes late: a correction", async () => {
    const transactionId = await quiet.start16('late');
    await quiet.sweep(STALE_MS + 60_000);
    await service.receive({ protocol: 'ocpp1.6', station: 'late' }, 'StopTransaction', {
      transactionId,
      meterStop: 9000,
      timestamp: quiet.at(40),
      reason: 'Local',
    });
    expect(ends('late').at(-1)).toEqual({ revision: 2, endedAt: quiet.at(40), energyWh: 8000, flags: [] });
  });

  it('goes on when a reading from after its end comes, and ends once more', async () => {
    const id = await quiet.start16('back');
    await quiet.reading16('back', 10, 2000, { transactionId: id });
    await quiet.sweep(STALE_MS + 60_000);
    await quiet.reading16('back', 5, 1500, { transactionId: id }); // from before: only a late one
    expect(await only('back')).toMatchObject({ state: 'ended' });
    await quiet.reading16('back', 30, 5000, { transactionId: id });
    expect(await only('back')).toMatchObject({ state: 'active', endedAt: null, flags: [] });
    await service.receive({ protocol: 'ocpp1.6', station: 'back' }, 'StopTransaction', {
      transactionId: id,
      meterStop: 6000,
      timestamp: quiet.at(40),
      reason: 'Local',
    });
    expect(ends('back').at(-1)).toMatchObject({ endedAt: quiet.at(40), energyWh: 5000, flags: [] });
  });

  it('is not stale while readings arrive, though they change nothing else', async () => {
    const id = await quiet.start16('talks');
    quiet.later(STALE_MS - 60_000);
    await quiet.reading16('talks', 30, 2000, { transactionId: id });
    await quiet.sweep(STALE_MS + 60_000);
    expect(await only('talks')).toMatchObject({ state: 'active' });
  });
});

describe('E14: a 2.x station is asked about it first', () => {
  async function inactive(name: string): Promise<void> {
    await quiet.event2(name, 'Started', 0, 1000);
    await quiet.event2(name, 'Updated', 5, 3000);
    await quiet.sweep(STALE_MS + 60_000);
  }

  it('once, and what it does not answer in time is over', async () => {
    await inactive('mute');
    expect(service.sent).toEqual([
      expect.objectContaining({ station: 'mute', action: 'GetTransactionStatus', payload: { transactionId: 'T-mute' }, priority: 9 }),
    ]);
    await quiet.sweep();
    expect(service.sent).toHaveLength(1);
    expect(await only('mute')).toMatchObject({ state: 'active' });
    await quiet.answered('mute', null, { status: 'offline' });
    await quiet.sweep(STALE_MS + 60_000 + STATUS_WAIT_MS + 1_000);
    expect(ends('mute')).toEqual([{ revision: 1, endedAt: quiet.at(5), energyWh: 2000, flags: ['gap', 'silent-end'] }]);
  });

  it.each([
    ['goes on', { ongoingIndicator: true, messagesInQueue: false }, 'active'],
    ['has queued messages of it', { ongoingIndicator: false, messagesInQueue: true }, 'active'],
    ['is over', { ongoingIndicator: false, messagesInQueue: false }, 'ended'],
  ])('and believed when it answers that it %s', async (name, response, state) => {
    await inactive(name);
    await quiet.answered(name, response);
    await quiet.sweep();
    expect(await only(name)).toMatchObject({ state });
    await quiet.sweep(STALE_MS + 60_000 + STATUS_WAIT_MS + 1_000);
    expect(await only(name)).toMatchObject({ state });
  });

  it('a later message of it opens it again; whatever the order, the same reports make the same bill', async () => {
    await inactive('again');
    await quiet.answered('again', { ongoingIndicator: false, messagesInQueue: false });
    await quiet.sweep();
    expect(await only('again')).toMatchObject({ state: 'ended' });
    await quiet.event2('again', 'Updated', 6, 3500);
    expect(await only('again')).toMatchObject({ state: 'active' });
    await quiet.event2('again', 'Ended', 7, 4000);
    expect(ends('again').at(-1)).toMatchObject({ endedAt: quiet.at(7), energyWh: 3000 });
  });
});
