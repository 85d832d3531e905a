import { openDatabase } from '@voltbus/database';
import { freshDatabase } from '@voltbus/testing';
import { reviewMigration } from '../../../review/store/migrations/0030-review';
import { cdrsMigration } from './0020-cdrs';
import { issueOrderMigration } from './0060-issue-order';

it('gives CDRs from before instants that rise in the order in which they were issued, and the same in their bodies', async () => {
  const { url, drop } = await freshDatabase();
  const before = [cdrsMigration, reviewMigration];
  const old = await openDatabase({ url, schema: 'cdr', migrations: before, poolSize: 1 });
  await old.query(`
    INSERT INTO cdr.cdrs (tenant, id, station, transaction, revision, kind, started_at, issued_at, body)
    SELECT tenant, gen_random_uuid(), 'CS', gen_random_uuid(), nth, 'charge', now(), at::timestamptz, jsonb_build_object('nth', nth, 'endedAt', '2026-03-01T10:00:00Z')
    FROM (VALUES ('a', 1, NULL), ('a', 2, '2026-03-01T10:00:05.5Z'), ('a', 3, '2026-03-01T10:00:05.5Z'), ('a', 4, '2026-03-01T10:00:01Z'),
      ('a', 5, '2026-03-01T11:00:00Z'), ('b', 6, '2026-03-01T10:00:05.5Z')) AS given(tenant, nth, at)`);
  await old.destroy();
  const database = await openDatabase({ url, schema: 'cdr', migrations: [...before, issueOrderMigration], poolSize: 1 });
  const rows: { tenant: string; issued_at: Date; body: { nth: number; issuedAt: string } }[] = await database.query(
    'SELECT tenant, issued_at, body FROM cdr.cdrs ORDER BY tenant, issued_at',
  );
  expect(rows.map(({ tenant, body }) => [tenant, body.nth, body.issuedAt])).toEqual([
    ['a', 1, '2026-03-01T10:00:00.000Z'],
    ['a', 2, '2026-03-01T10:00:05.500Z'],
    ['a', 3, '2026-03-01T10:00:05.501Z'],
    ['a', 4, '2026-03-01T10:00:05.502Z'],
    ['a', 5, '2026-03-01T11:00:00.000Z'],
    ['b', 6, '2026-03-01T10:00:05.500Z'],
  ]);
  for (const { issued_at: at, body } of rows) expect(at.toISOString()).toBe(body.issuedAt);
  await database.destroy();
  await drop();
});
