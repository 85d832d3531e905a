import { endedCommand } from '../testing/fake-commands';
import { passwordRotation } from './block';
import { startTimes } from './domain/start-times';
import { MAX_CAMPAIGNS } from './limits';
import { PasswordCampaigns } from './password-campaigns';
import { RotationFixture } from './testing/rotation-fixture';

const HOUR_MS = 3_600_000;

let fixture: RotationFixture;
beforeAll(async () => {
  fixture = await RotationFixture.start();
});
afterAll(() => fixture?.close());

/** Campaigns of a fleet of so many stations in the group of that name, at an instant that is moved by hand. */
async function fleet(group: string, stations: number, random: () => number = Math.random) {
  let now = Date.now();
  const { store, rotations } = fixture.service.service.use(passwordRotation);
  const campaigns = new PasswordCampaigns({ store: store.campaigns, rotations, now: () => new Date(now), random });
  const names = Array.from({ length: stations }, (_, nth) => `${group}-${nth}`);
  for (const name of names) await fixture.service.stations.put(await fixture.station(name), { group });
  const begun = async () => {
    const rows: { station: string }[] = await fixture.service.database.query(
      'SELECT station FROM device_config.password_rotations WHERE station = ANY($1)',
      [names],
    );
    return rows.length;
  };
  return {
    ...{ campaigns, names, begun },
    start: (wish: { stationsPerHour?: number; maxFailures?: number } = {}) =>
      campaigns.start('default', { groups: [group], stationsPerHour: 600, maxFailures: 10, ...wish }, 'administrator'),
    pass: async (ms: number) => {
      now += ms;
      await campaigns.sweep();
    },
    setState: (names_: readonly string[], state: string) =>
      fixture.service.database.query('UPDATE device_config.password_campaign_stations SET state = $2 WHERE station = ANY($1)', [
        names_,
        state,
      ]),
  };
}

describe('new passwords for a fleet', () => {
  it('begin at the pace, each station once, and the campaign is done when all are through', async () => {
    const { campaigns, names, begun, start, pass, setState } = await fleet('paced', 4, spread(4));
    const { id, stations } = await start({ stationsPerHour: 4 });
    expect(stations).toMatchObject({ total: 4, waiting: 4 });
    for (const count of [1, 2, 3, 4]) {
      await pass(HOUR_MS / 4);
      expect(await begun()).toBe(count);
    }
    await pass(HOUR_MS);
    expect(await campaigns.find('default', id)).toMatchObject({ state: 'running', stations: { waiting: 0, underWay: 4 } });
    await setState(names, 'done');
    await pass(1);
    expect(await campaigns.find('default', id)).toMatchObject({ state: 'done', reason: null, stations: { done: 4 } });
  });

  it('follow the rotations of their stations', async () => {
    const { campaigns, start, pass, names } = await fleet('followed', 1, () => 0);
    const { id } = await start();
    await pass(1);
    await fixture.rotations.sweep();
    const [station = ''] = names;
    expect(await fixture.rotations.find({ tenant: 'default', station })).toMatchObject({ campaign: id, state: 'sent' });
    expect(await campaigns.find('default', id)).toMatchObject({ state: 'running', stations: { underWay: 1 } });
    for (const command of fixture.sentTo(station))
      await fixture.rotations.onEnded(endedCommand({ ...command, response: { status: 'Rejected' } }));
    await pass(1);
    expect(await campaigns.find('default', id)).toMatchObject({ state: 'done', stations: { failed: 1 } });
  });

  it('stop when as many have failed as were allowed', async () => {
    const { campaigns, names, begun, start, pass, setState } = await fleet('failing', 3, spread(3));
    const { id } = await start({ stationsPerHour: 3, maxFailures: 2 });
    await pass(HOUR_MS / 3);
    await setState(names.slice(0, 1), 'refused');
    await pass(HOUR_MS / 3);
    expect(await begun()).toBe(2);
    await setState(names.slice(1, 2), 'unconfirmed');
    await pass(HOUR_MS);
    expect(await begun()).toBe(2);
    expect(await campaigns.find('default', id)).toMatchObject({
      state: 'stopped',
      reason: 'too many rotations have failed',
      stations: { failed: 2 },
    });
  });

  it('stop by an operator, and no other begins while one is running', async () => {
    const { campaigns, begun, start, pass } = await fleet('stopped', 2);
    const { id } = await start();
    await expect(start()).rejects.toMatchObject({ code: 'conflict' });
    expect(await campaigns.stop('default', id)).toMatchObject({ state: 'stopped', reason: 'an operator stopped it' });
    await pass(HOUR_MS);
    expect(await begun()).toBe(0);
    const { id: next } = await start();
    expect(next).not.toBe(id);
    await campaigns.stop('default', next);
  });

  it('skip a station whose rotation is open already, or whose password has gone', async () => {
    const { campaigns, names, start, pass } = await fleet('skipped', 2, () => 0);
    const { id } = await start();
    const [open, gone] = names.map((station) => ({ tenant: 'default', station }));
    if (open === undefined || gone === undefined) throw new Error('no stations');
    await fixture.rotations.start(open, { actor: 'administrator' });
    await fixture.service.stations.put(gone, { password: null });
    await pass(1);
    expect(await campaigns.find('default', id)).toMatchObject({ state: 'done', stations: { total: 2, skipped: 2 } });
  });

  it('mean stations with a password only, and at least one', async () => {
    const { start } = await fleet('nobody', 0);
    await expect(start()).rejects.toMatchObject({ code: 'conflict', message: 'no station with a password is meant' });
  });

  it('are kept in a number that is bounded, the latest', async () => {
    const { campaigns, start } = await fleet('many', 1);
    await fixture.service.database.query(
      `INSERT INTO device_config.password_campaigns (tenant, id, state, stations_per_hour, max_failures, actor, created_at)
       SELECT 'default', gen_random_uuid(), 'done', 1, 1, 'spec', now() - n * interval '1 minute' FROM generate_series(1, $1::int) n`,
      [MAX_CAMPAIGNS],
    );
    const { id } = await start();
    await campaigns.stop('default', id);
    const rows: unknown[] = await fixture.service.database.query('SELECT id FROM device_config.password_campaigns');
    expect(rows).toHaveLength(MAX_CAMPAIGNS);
    expect(rows).toContainEqual({ id });
  });
});

/** Chances that give each of so many stations the middle of its share. */
function spread(stations: number): () => number {
  let nth = 0;
  return () => (nth++ + 0.5) / stations;
}

describe('the turns of stations', () => {
  it('lie anywhere in the time that the pace needs, in no order', () => {
    const from = new Date('2026-01-01T00:00:00Z');
    const chances = [0.9, 0, 0.5];
    const times = startTimes({ stations: 3, perHour: 3, from, random: () => chances.shift() ?? 0 });
    expect(times.map((time) => time.getTime() - from.getTime())).toEqual([0.9 * HOUR_MS, 0, 0.5 * HOUR_MS]);
  });
});
