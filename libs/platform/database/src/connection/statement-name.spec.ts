import { MAX_NAMES, StatementNames } from './statement-name';

describe('the name of a statement', () => {
  it.each([
    ['INSERT INTO transactions.outbox (key) VALUES ($1)', 'INSERT transactions.outbox'],
    ["SELECT 'SECRET' FROM router.commands WHERE id = $1", 'SELECT router.commands'],
    ['UPDATE device_config.stations SET online = true', 'UPDATE device_config.stations'],
    ['DELETE FROM transactions.readings_20260102 WHERE at < $1', 'DELETE transactions.readings'],
    ['START TRANSACTION', 'START'],
    ['SELECT pg_advisory_xact_lock($1)', 'SELECT'],
    [{ name: 'transaction-load', text: 'SELECT 1' }, 'transaction-load'],
    [undefined, 'other'],
  ])('of %j is %s', (query, name) => expect(new StatementNames().nameOf(query)).toBe(name));

  it('has so many values and no more, whatever is asked', () => {
    const names = new StatementNames();
    const found = new Set(Array.from({ length: MAX_NAMES + 500 }, (_, nth) => names.nameOf(`SELECT * FROM s.t${'x'.repeat(nth)}`)));
    expect(found.size).toBe(MAX_NAMES + 1);
    expect(found).toContain('other');
  });
});
