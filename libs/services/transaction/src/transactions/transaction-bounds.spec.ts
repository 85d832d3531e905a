import { startService, type ServiceFixture } from '../testing/service-fixture';
import { MAX_OPEN_SESSIONS, MAX_STARTS_A_DAY } from './store/typeorm-transaction-statements';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const BEGIN = Date.now() - 3_600_000;
const at = (seconds: number) => new Date(BEGIN + seconds * 1_000).toISOString();

function event(station: string, eventType: string, transactionId: string, second: number, seqNo = 0): Promise<Record<string, unknown>> {
  return service.receive({ protocol: 'ocpp2.0.1', station }, 'TransactionEvent', {
    ...{ eventType, seqNo, timestamp: at(second), triggerReason: 'Trigger' },
    transactionInfo: { transactionId },
    ...(eventType === 'Started' ? { idToken: { idToken: 'TAG', type: 'ISO14443' } } : {}),
  });
}

async function count(of: string, station: string): Promise<number> {
  const [row] = await service.database.query<{ count: number }[]>(
    `SELECT count(*)::integer AS count FROM transactions.${of} AND station = $1`,
    [station],
  );
  return row?.count ?? -1;
}

const open = (station: string) => count('transactions WHERE ended_at IS NULL', station);

it('a station has a limited number of open sessions: beyond it the one without activity for longest ends', async () => {
  for (let nth = 0; nth < MAX_OPEN_SESSIONS; nth++) await event('CS-open', 'Started', `T-${nth}`, nth);
  expect(await open('CS-open')).toBe(MAX_OPEN_SESSIONS);
  await event('CS-open', 'Updated', 'T-0', 900, 1);
  await event('CS-open', 'Updated', 'T-fresh', 1_000); // no Started: it is one more all the same
  expect(await open('CS-open')).toBe(MAX_OPEN_SESSIONS);
  expect(service.publishedEnds('CS-open')).toMatchObject([
    { ocppTransactionId: 'T-1', flags: expect.arrayContaining(['implicit-end']) as unknown },
  ]);
});

describe('a station that has begun as many sessions as a station may in a day', () => {
  const station = 'CS-many';
  beforeAll(async () => {
    await event(station, 'Started', 'T-first', 0);
    await service.database.query(
      `INSERT INTO transactions.transactions (tenant, id, station, reference, protocol, started_at, ended_at, state, view, revision, updates)
       SELECT tenant, gen_random_uuid(), station, reference || nth, protocol, started_at, started_at, state, view, 0, 0
       FROM transactions.transactions, generate_series(2, $2::integer) AS nth WHERE station = $1`,
      [station, MAX_STARTS_A_DAY],
    );
  });
  const sessions = () => count('transactions WHERE true', station);
  const aside = () => count('notices WHERE true', station);

  it('is answered, and messages of a further session are stored as unhandled messages', async () => {
    expect(await event(station, 'Started', 'T-more', 10)).toEqual({ idTokenInfo: { status: 'Invalid' } });
    await event(station, 'Ended', 'T-more', 20, 1);
    expect([await sessions(), await aside()]).toEqual([MAX_STARTS_A_DAY, 2]);
  });

  it('goes on with those that it has', async () => {
    await event(station, 'Ended', 'T-first', 30, 1);
    expect(service.publishedEnds(station)).toMatchObject([{ ocppTransactionId: 'T-first' }]);
    expect(await aside()).toBe(2);
  });

  it('in 1.6 gets an id for each start, and a stop of it is kept beside it', async () => {
    const send = (action: string, payload: object) => service.receive({ protocol: 'ocpp1.6', station }, action, payload);
    const { transactionId } = await send('StartTransaction', { connectorId: 1, idTag: 'TAG', meterStart: 0, timestamp: at(40) });
    expect(transactionId).toBeGreaterThan(0);
    await send('StopTransaction', { transactionId, meterStop: 1, timestamp: at(50) });
    expect([await sessions(), await aside()]).toEqual([MAX_STARTS_A_DAY, 4]);
  });

  it('may begin sessions again on another day, and other stations are not affected', async () => {
    await event(station, 'Started', 'T-other-day', -3 * 86_400);
    await event('CS-other', 'Started', 'T', 0);
    expect([await sessions(), await open('CS-other')]).toEqual([MAX_STARTS_A_DAY + 1, 1]);
  });
});
