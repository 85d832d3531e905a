import { freshDatabase, type FreshDatabase } from '@voltbus/testing';
import { DatabaseLease, type DatabaseLeaseParts } from './typeorm-database-lease';

const LONG_MS = 3_600_000;

let database: FreshDatabase;
let leases: DatabaseLease[];
beforeEach(async () => {
  database = await freshDatabase();
  leases = [];
});
afterEach(async () => {
  await Promise.all(leases.map((lease) => lease.release()));
  await database.drop();
});

const fails = (error: unknown): never => {
  throw error;
};

function lease(holder: string, parts: Partial<DatabaseLeaseParts> = {}): DatabaseLease {
  const usual = { waiting: () => undefined, lost: fails, beatFailed: fails, beatMs: LONG_MS, lapseMs: LONG_MS, lookMs: 5 };
  const one = new DatabaseLease({ url: database.url, holder, ...usual, ...parts });
  leases.push(one);
  return one;
}

describe('the lease of a database', () => {
  it('is refused while its holder lives, who is named', async () => {
    expect(await lease('first', { beatMs: 5 }).take()).toBeNull();
    const waiting = jest.fn();
    expect(await lease('second', { waiting }).take()).toBe('first');
    expect(waiting).toHaveBeenCalledTimes(1);
  });

  it('is free at once when its holder stopped in order', async () => {
    const first = lease('first');
    expect(await first.take()).toBeNull();
    await first.release();
    expect(await lease('second').take()).toBeNull();
  });

  it('lapses when its holder does not renew it; the holder ends when it wakes, because it has lost the lease', async () => {
    const lost = jest.fn();
    const killed = lease('killed', { lost });
    expect(await killed.take()).toBeNull();
    expect(await lease('second', { lapseMs: 20 }).take()).toBeNull();
    await killed.beat();
    expect(lost.mock.calls).toEqual([['second']]);
  });

  it('goes to one of those who want a dead one at the same moment', async () => {
    await lease('killed').take();
    const holders = await Promise.all(['a', 'b', 'c'].map((holder) => lease(holder, { lapseMs: 20, beatMs: 5 }).take()));
    expect(holders.filter((holder) => holder === null)).toHaveLength(1);
    const [winner] = ['a', 'b', 'c'].filter((_, index) => holders[index] === null);
    expect(holders.filter((holder) => holder !== null)).toEqual([winner, winner]);
  });
});
