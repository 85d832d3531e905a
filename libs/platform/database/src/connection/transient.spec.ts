import { TransientError } from '@voltbus/bus';
import { freshDatabase } from '@voltbus/testing';
import { isDataError, isTransientDatabaseError, transiently } from './transient';
import { openDatabase } from './typeorm-database';

const coded = (code: string) => Object.assign(new Error('x'), { code });

describe('a database error', () => {
  it.each(['ECONNREFUSED', '57P01', '57P03', '40001', '40P01', '53300', '08006', '25006'])('%s may pass by itself', (code) =>
    expect(isTransientDatabaseError(coded(code))).toBe(true),
  );
  it.each(['23505', '22P02', '42P01', '42601'])("%s is the statement's own fault", (code) =>
    expect(isTransientDatabaseError(coded(code))).toBe(false),
  );
  it.each(['22003', '22021', '22P02', '22P05', '22008', '23502', '23503', '23514', '54000', '54023'])("%s is the data's fault", (code) => {
    expect(isDataError(coded(code))).toBe(true);
    expect(isDataError(Object.assign(new Error('x'), { driverError: coded(code) }))).toBe(true);
    expect(isTransientDatabaseError(coded(code))).toBe(false);
  });
  it.each(['23505', '23P01', '42P01', '42703', '40001', '53200', '57014', '08006', 'ECONNREFUSED', 'EPIPE'])(
    "%s is not the data's fault",
    (code) => expect(isDataError(coded(code))).toBe(false),
  );

  it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect', 'Client was closed and is not queryable'])(
    '"%s" may pass by itself, but not where a message only quotes it from a station',
    (text) => {
      expect(isTransientDatabaseError(new Error(text))).toBe(true);
      expect(isTransientDatabaseError(new Error(`no such status: ${text}`))).toBe(false);
      expect(isTransientDatabaseError(Object.assign(new Error(`invalid input syntax: "${text}"`), { code: '22P02' }))).toBe(false);
    },
  );

  it('of a server that ends our connection makes the record wait', async () => {
    const database = await freshDatabase();
    const dataSource = await openDatabase({ url: database.url, schema: 'test', migrations: [], poolSize: 2 });
    await expect(transiently(() => dataSource.query('SELECT 1/0'))).rejects.not.toThrow(TransientError);
    await expect(transiently(() => dataSource.query('SELECT pg_terminate_backend(pg_backend_pid())'))).rejects.toThrow(TransientError);
    const again = () => transiently(() => dataSource.query<unknown[]>('SELECT 1 AS one'));
    // The dying connection may be met once more before the pool has noticed: transient again, as the bus's next attempt is not.
    const answer = await again().catch((error: unknown) => (error instanceof TransientError ? again() : Promise.reject(error)));
    expect(answer).toEqual([{ one: 1 }]);
    await dataSource.destroy();
    await database.drop();
  });
});
