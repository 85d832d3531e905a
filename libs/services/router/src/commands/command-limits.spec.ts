import { randomUUID } from 'node:crypto';
import { Retention } from '@voltbus/database';
import { retentionDays } from '@voltbus/runtime';
import { tablesOf } from '@voltbus/service';
import { router } from '../service';
import { MAX_OPEN_OF_STATION, MAX_OPEN_OF_TENANT, ACCEPTED_OF_STATION } from './domain/command-limits';
import { startRouter, type RouterFixture } from '../testing/router-fixture';

let fixture: RouterFixture;
beforeEach(async () => {
  fixture = await startRouter();
});
afterEach(() => fixture?.close());

const DAY_S = 86_400;

/** Commands that wait for a station that is away, or have ended. */
async function stored(count: number, station: string, ended = false): Promise<void> {
  const at = fixture.clock.now();
  await fixture.service.database.query(
    `INSERT INTO router.commands (tenant, id, station, action, payload, priority, requested_by, status, created_at, ended_at, keep_until, send_by, end_by, look_at)
     SELECT 'default', gen_random_uuid(), $1, 'Reset', '{}', 5, 'spec', CASE WHEN $4 THEN 'offline' ELSE 'queued' END, $2::timestamptz,
       CASE WHEN $4 THEN $2::timestamptz END, $3, $3, $3, $3 FROM generate_series(1, $5::integer)`,
    [station, at, new Date(at.getTime() + DAY_S * 1_000), ended, count],
  );
}

async function count(): Promise<number> {
  const [row] = await fixture.service.database.query<{ count: number }[]>('SELECT count(*)::integer AS count FROM router.commands');
  return row?.count ?? -1;
}

const request = (station: string, id = randomUUID()) => fixture.accept({ station, id, ttlSeconds: 600 });
const removeOldRows = () => {
  const { database: dataSource, settings, now } = fixture.service;
  return new Retention({ dataSource, declared: tablesOf(router), days: retentionDays(settings), metrics: fixture.metrics, now }).run();
};
const TOO_MANY = { code: 'too-many-commands' };

it('bounds the commands of a station without an end; a repeat is none more, another station has room, and an end makes room', async () => {
  await stored(MAX_OPEN_OF_STATION - 1, 'CS-1');
  const id = randomUUID();
  const last = await request('CS-1', id);
  await expect(request('CS-1')).rejects.toMatchObject(TOO_MANY);
  await expect(request('CS-1', id)).resolves.toEqual(last);
  await request('CS-2');
  expect(await count()).toBe(MAX_OPEN_OF_STATION + 1);
  await fixture.service.cancellations.cancel('default', id);
  expect(await request('CS-1')).toMatchObject({ status: 'queued' });
});

it('bounds the commands of a tenant without an end, over all its stations', async () => {
  await stored(MAX_OPEN_OF_TENANT - 1, 'many');
  await request('CS-1');
  await expect(request('CS-2')).rejects.toMatchObject(TOO_MANY);
});

it('ends a request of a service beyond the bound at once, with the reason; a repeat of a stored command stays', async () => {
  await stored(MAX_OPEN_OF_STATION - 1, 'CS-1');
  const requested = { tenant: 'default', station: 'CS-1', action: 'Reset', payload: { type: 'Soft' }, priority: 5, requestedBy: 'spec' };
  const last = await request('CS-1');
  expect(await fixture.service.commands.acceptRequest({ ...requested, id: last.id }, fixture.clock.now())).toBe(true);
  const more = randomUUID();
  expect(await fixture.service.commands.acceptRequest({ ...requested, id: more }, fixture.clock.now())).toBe(false);
  expect(await fixture.service.store.find('default', more)).toMatchObject({ status: 'error', error: TOO_MANY });
});

it('bounds the commands that the API accepts for a station in a day, though each ends at once', async () => {
  for (let nth = 0; nth < ACCEPTED_OF_STATION.burst; nth++)
    fixture.service.allowance.within([{ ref: { tenant: 'default', station: 'CS-1' } }]);
  await expect(fixture.accept({ station: 'CS-1' })).rejects.toMatchObject(TOO_MANY);
  expect(await fixture.accept({ station: 'CS-2' })).toMatchObject({ status: 'offline' });
  fixture.clock.pass(DAY_S / 1_000);
  expect(await fixture.accept({ station: 'CS-1' })).toMatchObject({ status: 'offline' });
});

it('removes commands a month after their end, whatever their number, and keeps those without an end', async () => {
  await stored(12_000, 'CS-1', true);
  await stored(3, 'CS-2');
  fixture.clock.pass(29 * DAY_S);
  await removeOldRows();
  expect(await count()).toBe(12_003);
  fixture.clock.pass(2 * DAY_S);
  await removeOldRows();
  expect(await count()).toBe(3);
});
