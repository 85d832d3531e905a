import { freshDatabase } from '@voltbus/testing';
import { openDatabase } from '@voltbus/database';
import { addMonths, beginningOf, lastWholeMonth } from './local-month';

it('begins where Postgres says that the month begins, in zones with every kind of change of the clocks', async () => {
  const { url, drop } = await freshDatabase();
  const database = await openDatabase({ url, migrations: [], schema: 'public' } as unknown as Parameters<typeof openDatabase>[0]);
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/St_Johns', 'Pacific/Apia', 'Pacific/Kiritimati', 'Africa/Casablanca']; // prettier-ignore
  const rows: { zone: string; year: number; month: number; at: Date }[] = await database.query(
    `SELECT zone, year::integer, month::integer, make_timestamp(year::integer, month::integer, 1, 0, 0, 0) AT TIME ZONE zone AS at
     FROM unnest($1::text[]) AS zone, generate_series(2023, 2028) AS year, generate_series(1, 12) AS month`,
    [zones],
  );
  for (const { zone, year, month, at } of rows)
    expect([zone, year, month, new Date(beginningOf({ year, month }, zone)).toISOString()]).toEqual([zone, year, month, at.toISOString()]);
  expect(rows).toHaveLength(zones.length * 6 * 12);
  await database.destroy();
  await drop();
});

it.each([
  ['2026-03-01T11:59:59Z', 2026, 1],
  ['2026-03-01T12:00:00Z', 2026, 2],
  ['2026-01-15T00:00:00Z', 2025, 12],
])('at %s the last month that is over everywhere is %d-%d', (now, year, month) => {
  expect(lastWholeMonth(new Date(now))).toEqual({ year, month });
});

it('goes back over the turn of a year', () => {
  expect(addMonths({ year: 2026, month: 2 }, -14)).toEqual({ year: 2024, month: 12 });
  expect(addMonths({ year: 2026, month: 12 }, 1)).toEqual({ year: 2027, month: 1 });
});

it('begins at the first midnight of a day that has two', () => {
  expect(new Date(beginningOf({ year: 2026, month: 11 }, 'America/Havana')).toISOString()).toBe('2026-11-01T04:00:00.000Z');
});
