import { RECONNECTED_WAIT_MS } from './domain/staleness';
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

const OVER = { ongoingIndicator: false, messagesInQueue: false };
const ends = (name: string) => service.publishedEnds(name).map(({ endedAt, energyWh, flags }) => ({ endedAt, energyWh, flags }));

describe('E14: a 2.x station that is back', () => {
  const back = (name: string, epoch: number, ms: number) => {
    const when = new Date(Date.now() + ms).toISOString();
    return service.presence.onConnected([
      {
        tenant: 'default',
        station: name,
        protocol: 'ocpp2.0.1',
        gateway: 'gw',
        epoch,
        at: when,
        reason: 'connected',
      },
    ]);
  };

  it('is queried once per connection about inactive transactions; one reported over ends with its last activity', async () => {
    await quiet.event2('back', 'Started', 0, 1000);
    await quiet.event2('back', 'Updated', 5, 4000);
    await back('back', 1, 1_000);
    await quiet.sweep(1_000 + RECONNECTED_WAIT_MS - 5_000); // it may still tell what it kept
    expect(service.sent).toEqual([]);
    await quiet.sweep(1_000 + RECONNECTED_WAIT_MS + 5_000);
    await quiet.sweep(1_000 + RECONNECTED_WAIT_MS + 65_000);
    expect(service.sent.map(({ station, action, payload }) => [station, action, payload])).toEqual([
      ['back', 'GetTransactionStatus', { transactionId: 'T-back' }],
    ]);
    await quiet.answered('back', OVER);
    expect(ends('back')).toEqual([]);
    await quiet.sweep(1_000 + RECONNECTED_WAIT_MS + 125_000);
    expect(ends('back')).toEqual([{ endedAt: quiet.at(5), energyWh: 3000, flags: ['gap', 'silent-end'] }]);
  });

  it('is not asked about what it has spoken of since, and again after the next time it was away', async () => {
    await quiet.event2('talks', 'Started', 0, 1000, { minute: 61 });
    await back('talks', 1, -5_000);
    await quiet.sweep(RECONNECTED_WAIT_MS + 5_000);
    expect(service.sent).toEqual([]);
    await back('talks', 2, 30_000);
    await quiet.sweep(30_000 + RECONNECTED_WAIT_MS + 5_000);
    await back('talks', 3, 300_000);
    await quiet.sweep(300_000 + RECONNECTED_WAIT_MS + 5_000);
    expect(service.sent).toHaveLength(2);
  });

  it('is queried about a transaction of which it has sent only past events', async () => {
    await quiet.event2('past', 'Started', 0, 1000);
    await back('past', 1, -5_000);
    await quiet.event2('past', 'Updated', 1, 2000, { minute: 20 });
    await quiet.sweep(RECONNECTED_WAIT_MS - 5_000); // it may not have sent all of it
    expect(service.sent).toEqual([]);
    await quiet.sweep(RECONNECTED_WAIT_MS + 5_000);
    await quiet.event2('past', 'Updated', 2, 2500, { minute: 25 });
    await quiet.sweep(2 * RECONNECTED_WAIT_MS + 30_000);
    expect(service.sent).toHaveLength(1);
  });

  it('is believed, except about a transaction with activity after the query', async () => {
    await quiet.event2('race', 'Started', 0, 1000);
    await back('race', 1, 1_000);
    await quiet.sweep(1_000 + RECONNECTED_WAIT_MS + 5_000);
    await quiet.answered('race', OVER);
    await quiet.event2('race', 'Updated', 1, 2000);
    await quiet.sweep(1_000 + RECONNECTED_WAIT_MS + 65_000);
    expect(ends('race')).toEqual([]);
  });

  it('which uses an id again is believed about the session that has it now', async () => {
    const transactionId = 'USED';
    await quiet.event2('reuse', 'Started', 0, 1000, { transactionId });
    await quiet.event2('reuse', 'Ended', 1, 2000, { transactionId });
    await quiet.event2('reuse', 'Started', 0, 2000, { transactionId, minute: 10 });
    await quiet.event2('reuse', 'Updated', 1, 5000, { transactionId, minute: 12 });
    await back('reuse', 1, 1_000);
    await quiet.sweep(1_000 + RECONNECTED_WAIT_MS + 5_000);
    await quiet.answered('reuse', OVER, { payload: { transactionId } });
    await quiet.sweep(1_000 + RECONNECTED_WAIT_MS + 65_000);
    expect(ends('reuse').map(({ energyWh }) => energyWh)).toEqual([1000, 3000]);
  });
});
