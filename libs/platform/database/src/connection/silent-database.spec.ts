import { once } from 'node:events';
import { freshDatabase, postgresProxy, type FreshDatabase, type TcpProxy } from '@voltbus/testing';
import type { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { DATABASE_WAITS } from './pg-client';
import { isTransientDatabaseError } from './transient';
import { inTransaction, openDatabase } from './typeorm-database';
import { setStatementTimeout } from './typeorm-statement-timeout';

/** In the order that matters: the server tells of a long statement before its silence is judged. */
const WAITS = { connect: 5_000, statement: 2_000, idleInTransaction: 2_000, silence: 4_000 };
const POOL = 4;

let fresh: FreshDatabase;
let proxy: TcpProxy;
let database: DataSource;

beforeEach(async () => {
  fresh = await freshDatabase();
  const proxied = await postgresProxy(fresh.url);
  proxy = proxied.proxy;
  database = await openDatabase({ url: proxied.url, schema: 'spec', migrations: [], poolSize: POOL, waits: WAITS });
});
afterEach(async () => {
  await database.destroy();
  await proxy.stop();
  await fresh.drop();
});

/** Every connection of the pool is open. */
async function fill(): Promise<void> {
  const runners = Array.from({ length: POOL }, () => database.createQueryRunner());
  await Promise.all(runners.map((runner) => runner.connect()));
  await Promise.all(runners.map((runner) => runner.release()));
}

const failed = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe('a database whose open connections never answer again', () => {
  it('costs one wait, whatever the number of connections: the first silence throws them all away', async () => {
    await fill();
    expect(proxy.alive).toBe(POOL);
    proxy.silence();
    const error = await failed(database.query('SELECT 1'));
    expect(isTransientDatabaseError(error)).toBe(true);
    expect(error).toMatchObject({ message: `the database did not answer within ${WAITS.silence} ms` });
    expect(await Promise.all(Array.from({ length: POOL * 2 }, () => database.query('SELECT 1')))).toHaveLength(POOL * 2);
  });

  it('fails a transaction that was under way with something that is tried again, also between two statements', async () => {
    const error = await failed(
      inTransaction(database, async (manager) => {
        await manager.query('SELECT 1');
        proxy.silence();
        await manager.query('SELECT 2');
      }),
    );
    expect(isTransientDatabaseError(error)).toBe(true);
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('does not keep the locks of a transaction that it cut off: the server ends what is idle', async () => {
    const lock = 'SELECT pg_advisory_xact_lock(1)';
    await failed(
      inTransaction(database, async (manager) => {
        await manager.query(lock);
        proxy.silence();
        await manager.query('SELECT 2');
      }),
    );
    await inTransaction(database, (manager) => manager.query(lock)); // else ended by statement_timeout
  });

  it('destroys a pool whose server does not end its connections', async () => {
    await fill();
    proxy.silence();
    await database.destroy();
    await database.initialize(); // for afterEach
  });
});

describe('the waits of a database', () => {
  it('are ordered: a live server has reported the end of a statement before its silence is judged', () => {
    expect(DATABASE_WAITS.statement).toBeLessThan(DATABASE_WAITS.silence);
    expect(DATABASE_WAITS.idleInTransaction).toBeLessThan(DATABASE_WAITS.silence);
    expect(DATABASE_WAITS.silence + DATABASE_WAITS.connect).toBeLessThanOrEqual(15_000);
  });

  it('end a statement that is too long on a connection that stays', async () => {
    await fill();
    const accepted = proxy.accepted;
    const error = await failed(database.query('SELECT pg_sleep(10)'));
    expect(error).toMatchObject({ code: '57014' });
    expect(isTransientDatabaseError(error)).toBe(true);
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(proxy.accepted).toBe(accepted);
  });

  it('end a transaction that is idle for too long, which is tried again', async () => {
    const error = await failed(
      inTransaction(database, async (manager) => {
        const client = (await manager.queryRunner?.connect()) as Client;
        await manager.query('SELECT 1');
        await once(client, 'end');
        await manager.query('SELECT 2');
      }),
    );
    expect(isTransientDatabaseError(error)).toBe(true);
  });

  it('are longer for the rest of a transaction that asks for it, and only for that', async () => {
    const [{ slept }] = await inTransaction(database, async (manager) => {
      await setStatementTimeout(manager, { statementMs: Infinity });
      return manager.query<[{ slept: string }]>(`SELECT pg_sleep(${(WAITS.silence * 2) / 1_000})::text AS slept`);
    });
    expect(slept).toBe('');
    expect(await failed(database.query('SELECT pg_sleep(10)'))).toMatchObject({ code: '57014' });
  });

  it('do not cut a migration', async () => {
    const sql = `SELECT pg_sleep(${(WAITS.silence * 2) / 1_000}); CREATE TABLE late.made (id text PRIMARY KEY)`;
    const late = await openDatabase({
      url: fresh.url,
      schema: 'late',
      migrations: [{ id: '0001-spec', sql }],
      waits: WAITS,
    });
    expect(await late.query('SELECT count(*)::integer AS rows FROM late.made')).toEqual([{ rows: 0 }]);
    await late.destroy();
  });

  it('do not take the delay of this process for the silence of the server', async () => {
    await fill();
    const answers = Promise.all(Array.from({ length: POOL }, () => database.query('SELECT 1')));
    await new Promise((next) => setImmediate(next)); // they are on their way
    busyFor(WAITS.silence * 2);
    expect(await answers).toHaveLength(POOL);
  });
});

function busyFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
