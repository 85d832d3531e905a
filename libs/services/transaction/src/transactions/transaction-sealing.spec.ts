import { Retention, USUAL_RETENTION, type RetentionDays } from '@voltbus/database';
import { tablesOf } from '@voltbus/service';
import { testMetrics } from '@voltbus/testing';
import { TransactionSealing } from './transaction-sealing';
import { startService, type ServiceFixture } from '../testing/service-fixture';
import { transactionService } from '../service';
import { TypeormSealing } from './store/typeorm-sealing';

const DAY_MS = 86_400_000;
/** Times of the session; receipts are judged by the clock of the receiver. */
const BEGIN = Date.now() - 3_600_000;

let service: ServiceFixture;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service?.close());

const at = (minutes: number, days = 0) => new Date(BEGIN + minutes * 60_000 + days * DAY_MS);

/** 2.0.1, of one session unless another id is given; received at its own time. */
function event(
  eventType: string,
  seqNo: number,
  { minute, days = 0, wh = 1_000 * seqNo, transactionId = 'T' }: SessionEvent,
): Promise<unknown> {
  const timestamp = at(minute, days).toISOString();
  return service.receive({ protocol: 'ocpp2.0.1', receivedAt: at(minute, days) }, 'TransactionEvent', {
    ...{ eventType, seqNo, timestamp, triggerReason: 'Trigger' },
    transactionInfo: { transactionId, chargingState: 'Charging' },
    evse: { id: 1, connectorId: 1 },
    meterValue: [{ timestamp, sampledValue: [{ value: wh }] }],
  });
}

interface SessionEvent {
  minute: number;
  days?: number;
  wh?: number;
  transactionId?: string;
}

async function session(): Promise<void> {
  await event('Started', 0, { minute: 0 });
  await event('Updated', 1, { minute: 10 });
  await event('Ended', 2, { minute: 20 });
}

/** As many days after the session began. */
async function clear(days: number): Promise<void> {
  service.clock.at = () => at(0, days);
  await service.transactionSealing.run();
  await service.retention.run();
}

/** Where other times are set. */
async function clearAs(days: number, set: Partial<RetentionDays>): Promise<void> {
  const kept = { ...USUAL_RETENTION, ...set };
  const now = () => at(0, days);
  const retention = new Retention({
    dataSource: service.database,
    declared: tablesOf(transactionService),
    days: kept,
    metrics: testMetrics(),
    now,
  });
  const transactions = { endStale: () => Promise.reject(new Error('none is open')) };
  await new TransactionSealing({ store: new TypeormSealing(service.database), transactions, retention, days: kept, now }).run();
}

async function count(table: string): Promise<number> {
  const [row] = await service.database.query<{ count: number }[]>(`SELECT count(*)::integer AS count FROM transactions.${table}`);
  return row?.count ?? -1;
}

const partitions = async (): Promise<string[]> =>
  (
    await service.database.query<{ name: string }[]>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'transactions.readings'::regclass`,
    )
  ).map(({ name }) => name);

describe('a session whose readings and messages are too old to be kept', () => {
  it('keeps its bill; they go, and so do the days they were in', async () => {
    await session();
    const before = await service.transactionsOf('CS-1');
    await clear(399);
    expect([await count('events'), await count('readings')]).toEqual([3, 3]);
    await clear(403);
    expect([await count('events'), await count('readings')]).toEqual([0, 0]);
    expect(await partitions()).not.toContain(`transactions.readings_${at(0).toISOString().slice(0, 10).replaceAll('-', '')}`);
    expect(await partitions()).toContain('transactions.readings_default');
    expect(await service.transactionsOf('CS-1')).toEqual(before);
  });

  it.each([
    ['the end again', () => event('Ended', 2, { minute: 20 })],
    ['another end', () => event('Ended', 3, { minute: 25, wh: 90_000 })],
    ['a report in between that nobody had', () => event('Updated', 7, { minute: 15, wh: 7 })],
    ['the beginning again', () => event('Started', 0, { minute: 0 })],
  ])('is never billed anew from nothing by %s: that is kept among the notices', async (_, late) => {
    await session();
    await clear(403);
    const before = await service.transactionsOf('CS-1');
    const publishedValues = service.published.length;
    await late();
    expect(await service.transactionsOf('CS-1')).toEqual(before);
    expect(service.published).toHaveLength(publishedValues);
    expect([await count('events'), await count('notices')]).toEqual([0, 1]);
    await late(); // twice is once
    expect(await count('notices')).toBe(1);
  });

  it('is not billed anew by a late reading either', async () => {
    await session();
    await clear(403);
    const publishedValues = service.published.length;
    await service.receive({ protocol: 'ocpp2.0.1', receivedAt: at(30) }, 'MeterValues', {
      evseId: 1,
      meterValue: [{ timestamp: at(15).toISOString(), sampledValue: [{ value: 1 }] }],
    });
    expect(service.published).toHaveLength(publishedValues);
  });

  it('of 1.6 answers a late stop with the decision about its token, and bills nothing anew', async () => {
    const send = (action: string, payload: object) => service.receive({ protocol: 'ocpp1.6', receivedAt: at(20) }, action, payload);
    const started = await send('StartTransaction', { connectorId: 1, idTag: 'TAG', meterStart: 0, timestamp: at(0).toISOString() });
    const stop = { transactionId: started['transactionId'], meterStop: 5_000, timestamp: at(20).toISOString() };
    await send('StopTransaction', stop);
    await clear(403);
    const publishedValues = service.published.length;
    expect(await send('StopTransaction', { ...stop, idTag: 'TAG', meterStop: 900_000 })).toEqual({ idTagInfo: { status: 'Invalid' } });
    expect(service.published).toHaveLength(publishedValues);
    expect(await count('notices')).toBe(1);
  });

  it('is not what a station means that uses its id again years later, even if the beginning got lost', async () => {
    await session();
    await clear(403);
    await event('Updated', 1, { minute: 0, days: 500, wh: 5_000 });
    await event('Ended', 2, { minute: 10, days: 500, wh: 6_000 });
    const [second, first] = await service.transactionsOf('CS-1');
    expect(first).toMatchObject({ energyWh: 2_000, flags: [] });
    expect(second).toMatchObject({ energyWh: 1_000, flags: expect.arrayContaining(['id-reused', 'no-start']) as unknown });
  });

  it('that never ended ends with its last word, for it would keep every reading since', async () => {
    await event('Started', 0, { minute: 0 });
    await event('Updated', 1, { minute: 10 });
    await clear(403);
    expect(await service.transactionsOf('CS-1')).toMatchObject([{ endedAt: at(10).toISOString(), energyWh: 1_000, flags: ['silent-end'] }]);
    expect([await count('events'), await count('readings')]).toEqual([0, 0]);
  });

  it('goes itself in the end, with all that hangs on it', async () => {
    await session();
    await event('Started', 0, { minute: 30, transactionId: 'U' });
    await event('Ended', 1, { minute: 40, transactionId: 'U' });
    await clear(403);
    expect(await count('transactions')).toBe(2);
    await clear(3_651);
    expect([await count('transactions'), await count('limits'), await count('matched_stops'), await count('events')]).toEqual([0, 0, 0, 0]);
  });

  it('goes after the sealing also where transactions are kept shorter than readings', async () => {
    await session();
    await clearAs(200, { TRANSACTIONS: 180 });
    expect([await count('transactions'), await count('events'), await count('readings')]).toEqual([0, 0, 3]);
  });

  it('stays for ever where that is set', async () => {
    await session();
    await clearAs(40_000, { TRANSACTIONS: 0, READINGS: 0 });
    expect([await count('transactions'), await count('events'), await count('readings')]).toEqual([1, 3, 3]);
  });
});

it('readings stay while an earlier session is not sealed, whose station has just sent a message', async () => {
  await session();
  await service.database.transaction(async (manager) => {
    await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('default/CS-1', 0))`);
    await clear(403);
  });
  expect([await count('events'), await count('readings')]).toEqual([3, 3]);
  await clear(403);
  expect([await count('events'), await count('readings')]).toEqual([0, 0]);
});

it('two processes at once seal each session once', async () => {
  await session();
  for (let nth = 0; nth < 20; nth++) await event('Ended', 0, { minute: nth, transactionId: `T-${nth}` });
  await Promise.all([clear(403), clear(403), clear(403)]);
  await clear(403);
  expect([await count('transactions'), await count('events'), await count('readings')]).toEqual([21, 0, 0]);
});
