import { PassThrough } from 'node:stream';
import { BusUnavailable, MemoryBus, TransientError } from '@voltbus/bus';
import { ConnectionsUnavailable } from '@voltbus/connections';
import { OutboxRelay, openDatabase, outboxMigration } from '@voltbus/database';
import { DatabaseLink, freshDatabase, testMetrics, until } from '@voltbus/testing';
import { dependencyOf } from './dependency-of';
import { Scheduler } from '../lifecycle/scheduler';
import { openLog } from '@voltbus/telemetry';
import { QUIET_MS, REPEAT_MS, TroubleLog } from '@voltbus/telemetry';

const refused = (): Error => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

let clock: number;
let away: boolean;
let troubles: TroubleLog;
let lines: PassThrough;
let logger: ReturnType<typeof openLog>;
beforeEach(() => {
  clock = 0;
  away = true;
  troubles = new TroubleLog({ dependencyOf, now: () => clock, stillAway: () => Promise.resolve(away) });
  lines = new PassThrough();
  logger = openLog({ process: 'cdr', pod: 'pod-1', level: 'info', to: lines, troubles });
});

function written(): Record<string, unknown>[] {
  return String(lines.read() ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Seconds in which so much fails in each. */
async function pass(seconds: number, fail: () => void): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    clock += 1_000;
    fail();
    await troubles.look();
  }
}

describe('the log of a dependency that is away', () => {
  it('logs it once at the beginning, once a minute, and once at the end, however many warnings there are', async () => {
    await pass(150, () => {
      for (const work of ['relay', 'sweep', 'dispatch']) logger.warn({ err: refused(), work }, 'the outbox waits for the database');
      logger.warn({ route: '/v1/cdrs', err: new TransientError('away', { cause: refused() }) }, 'Temporarily unavailable');
    });
    expect(written().map(({ msg, failures, seconds }) => [msg, failures, seconds])).toEqual([
      ['the outbox waits for the database', undefined, undefined],
      ['the database is still away', 4 * 61, 60],
      ['the database is still away', 4 * 121, 120],
    ]);
    away = false;
    await pass(QUIET_MS / 1_000, () => undefined);
    expect(written()).toEqual([expect.objectContaining({ msg: 'the database is back', dependency: 'database', failures: 600, level: 30 })]);
    await pass(300, () => undefined);
    expect(written()).toEqual([]);
  });

  it('does not take quiet for its end: nobody asks, and it is away', async () => {
    logger.warn({ err: refused() }, 'begun');
    await pass(50, () => undefined);
    expect(written().map(({ msg }) => msg)).toEqual(['begun']);
    await pass(10, () => undefined);
    expect(written().map(({ msg }) => msg)).toEqual(['the database is still away']);
  });

  it('is one for each dependency', async () => {
    await pass(3, () => {
      logger.warn({ err: refused() }, 'no database');
      logger.warn({ err: new ConnectionsUnavailable('away') }, 'no registry');
      logger.warn({ err: new BusUnavailable('away') }, 'no bus');
    });
    expect(written().map(({ msg }) => msg)).toEqual(['no database', 'no registry', 'no bus']);
  });

  it('holds back no error, no other warning, and nothing that has no database for its cause', async () => {
    await pass(3, () => {
      logger.error({ err: refused() }, 'lost');
      logger.warn({ station: 'CS-1' }, 'odd');
      logger.warn({ err: new Error('a defect') }, 'failed');
      logger.warn({ err: new TypeError('fetch failed', { cause: refused() }) }, 'the authorizer is away');
    });
    expect(written()).toHaveLength(12);
  });

  it('is one line of a real outbox, its service and its sweeps on a database that is cut off', async () => {
    const database = await freshDatabase();
    const link = await DatabaseLink.to(database.url);
    const dataSource = await openDatabase({ url: link.url, schema: 'test', migrations: [outboxMigration('test')] });
    const bus = new MemoryBus({ logger, metrics: testMetrics(), absentGroups: 'skip' });
    const relay = new OutboxRelay({ dataSource, schema: 'test', bus, logger, metrics: testMetrics(), pollMs: 1 });
    const chores = new Scheduler((name, err) => logger.warn({ name, err }, 'will be tried again'));
    const query = jest.spyOn(dataSource, 'query');
    try {
      await link.cut();
      relay.start();
      chores.every(1, 'sweep', async () => void (await dataSource.query('SELECT 1')));
      await until('the database that is cut off is queried 100 times', () => query.mock.calls.length >= 100);
      await relay.stop();
      chores.stop();
      expect(written().map(({ level, msg }) => [level, msg])).toEqual([
        [40, expect.stringMatching(/^(the outbox waits for the database|will be tried again)$/)],
      ]);
      clock += REPEAT_MS;
      await troubles.look();
      expect(written()).toEqual([expect.objectContaining({ msg: 'the database is still away' })]);
      await link.restore();
      away = false;
      clock += QUIET_MS;
      await troubles.look();
      expect(written()).toEqual([expect.objectContaining({ msg: 'the database is back' })]);
    } finally {
      await dataSource.destroy();
      await link.cut();
      await bus.close();
      await database.drop();
    }
  });

  it('logs a second outage like the first', async () => {
    logger.warn({ err: refused() }, 'first');
    away = false;
    await pass(QUIET_MS / 1_000, () => undefined);
    logger.warn({ err: refused() }, 'second');
    expect(written().map(({ msg }) => msg)).toEqual(['first', 'the database is back', 'second']);
    expect(REPEAT_MS).toBe(60_000);
  });
});
