import { startService, type ServiceFixture } from '../testing/start-service';
import { MAX_OPEN, MAX_STATIONS, POSTPONE_MS } from './limits';
import { Campaigns } from './campaigns';
import { RolledOutStations, processOf } from './testing/rolled-out-stations';

let service: ServiceFixture;
let stations: RolledOutStations;
beforeAll(async () => {
  service = await startService();
  stations = new RolledOutStations(service);
});
afterAll(() => service?.close());
beforeEach(() => stations.clear());

/** Each once: what is not answered is sent again. */
const asked = () => [...new Set(stations.sent.map(({ station }) => station))].sort();
const reportOf = (id: string) => stations.process.campaigns.report('default', id);
const stateOf = async (id: string) => (await reportOf(id)).campaign.state;

describe('the stations of a campaign', () => {
  it('are those that its filter chooses and the image is for, once', async () => {
    await stations.add(['a-1', 'a-2']);
    await stations.add(['b-1'], { vendor: 'Other' });
    const id = await stations.create({ filter: { vendors: ['ACME'], models: [], firmwareVersions: ['1.*'], groups: [] } });
    await stations.add(['a-3']);
    expect((await stations.stationsOf(id)).map(({ station }) => station)).toEqual(['a-1', 'a-2']);
  });

  it('are none that run the image already', async () => {
    await stations.add(['a-1']);
    await stations.boot({ tenant: 'default', station: 'a-1' });
    await expect(stations.create()).rejects.toMatchObject({ code: 'invalid' });
  });

  it('are no more than a campaign may have', async () => {
    const many = Array.from({ length: MAX_STATIONS + 1 }, (_, nth) => ({
      station: `${nth}`,
      vendor: null,
      model: null,
      firmware: null,
      group: null,
    }));
    const campaigns = new Campaigns({
      store: { stations: () => Promise.resolve(many) } as never,
      kinds: { firmware: { isFor: () => true } } as never,
      ...{ telemetry: null as never, now: stations.now, random: Math.random },
      ...{ rule: stations.rule, makersOf: async () => [] },
    });
    const plan = { filter: { vendors: [], models: [], firmwareVersions: [], groups: [] }, waves: [] } as never;
    await expect(
      campaigns.create('default', { name: 'n', kind: 'firmware', work: {}, plan, createdBy: 's', paused: false, needsApproval: false }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });
});

it('has so many campaigns that have not ended', async () => {
  await stations.add(['a-1']);
  const id = await stations.create({}, { paused: true });
  await service.database.query(
    `INSERT INTO device_config.campaigns SELECT gen_random_uuid(), tenant, name, kind, work, plan, created_by, created_at, state, wave, waves, wave_at, forgiven, ended_at, looked_at, approval
     FROM device_config.campaigns, generate_series(2, $1)`,
    [MAX_OPEN],
  );
  await expect(stations.create()).rejects.toMatchObject({ code: 'conflict' });
  await stations.process.campaigns.cancel('default', id);
  await stations.create();
});

describe('waves', () => {
  it('begin one after the other, and the campaign is done after the last', async () => {
    await stations.add(['a-1', 'a-2', 'a-3']);
    const id = await stations.create({ waves: [{ stations: 1 }] });
    await stations.look();
    expect(stations.sent).toHaveLength(1);
    await stations.look();
    expect(stations.sent).toHaveLength(1);
    await stations.carryOut(stations.sent[0] as never, 'succeed');
    await stations.look();
    await stations.look();
    expect(asked()).toEqual(['a-1', 'a-2', 'a-3']);
    for (const request of stations.sent.slice(1)) await stations.carryOut(request, 'succeed');
    await stations.look();
    await stations.look();
    expect(await stateOf(id)).toBe('done');
    expect((await reportOf(id)).waves.map(({ succeeded }) => succeeded)).toEqual([1, 2]);
  });

  it('begin after the rest, and have their whole jitter and time from then on', async () => {
    await stations.add(['a-1', 'a-2']);
    const id = await stations.create({ waves: [{ stations: 1 }], restHours: 2, waveHours: 1 });
    await stations.look();
    await stations.carryOut(stations.sent[0] as never, 'succeed');
    await stations.look(); // its boot is seen
    await stations.look(); // the rest begins
    await stations.look(119);
    expect([stations.sent.length, (await reportOf(id)).campaign.wave]).toEqual([1, 2]);
    await stations.look(1);
    expect(stations.sent).toHaveLength(2);
  });

  it('give up stations that cannot be asked for too long', async () => {
    await stations.add(['a-1'], { online: false });
    const id = await stations.create({ waveHours: 2 });
    await stations.look(119);
    expect(await stateOf(id)).toBe('running');
    await stations.look(2);
    expect(await stateOf(id)).toBe('done');
    expect(await stations.stationsOf(id)).toMatchObject([{ state: 'skipped', reason: 'not-reached', attempts: 0 }]);
  });

  it('have no more stations at work at once than they may', async () => {
    await stations.add(['a-1', 'a-2', 'a-3']);
    await stations.create({ atOnce: 2 });
    await Promise.all([stations.look(), stations.process.look()]);
    await stations.look();
    expect(stations.sent).toHaveLength(2);
    await stations.carryOut(stations.sent[0] as never, 'fail');
    await stations.look();
    expect(stations.sent).toHaveLength(3);
  });

  it('spread their stations over the jitter', async () => {
    await stations.add(Array.from({ length: 20 }, (_, nth) => `a-${nth}`));
    await stations.create({ jitterSeconds: 3_600 });
    await stations.look(30);
    expect(asked().length).toBeGreaterThan(2);
    expect(asked().length).toBeLessThan(18);
    await stations.look(31);
    expect(asked()).toHaveLength(20);
  });
});

it('asks stations in the window of their place, and the others by the time zone of the campaign', async () => {
  await stations.add(['berlin'], { timeZone: 'Europe/Berlin' });
  await stations.add(['kolkata'], { timeZone: 'Asia/Kolkata' });
  await stations.add(['nowhere']);
  stations.clock = Date.parse('2026-06-01T00:00:00Z');
  await stations.create({ window: { from: '01:00', to: '03:00' }, timeZone: 'America/New_York' });
  await stations.look(1); // 02:01 in Berlin, 05:31 in Kolkata, 20:01 in New York
  expect(asked()).toEqual(['berlin']);
  stations.clock = Date.parse('2026-06-01T05:00:00Z'); // 01:00 in New York
  await stations.look();
  expect(asked()).toEqual(['berlin', 'nowhere']);
  stations.clock = Date.parse('2026-06-01T20:00:00Z'); // 01:30 in Kolkata
  await stations.look();
  expect(asked()).toEqual(['berlin', 'kolkata', 'nowhere']);
});

it('stops by itself, goes on when it is resumed, and asks nobody meanwhile', async () => {
  await stations.add(['a-1', 'a-2', 'a-3']);
  const id = await stations.create({ atOnce: 1, maxFailures: 0 });
  await stations.look();
  await stations.carryOut(stations.sent[0] as never, 'fail');
  await stations.look();
  await stations.look();
  expect([await stateOf(id), stations.sent.length]).toEqual(['stopped', 1]);
  await stations.process.campaigns.resume('default', id);
  await stations.look();
  expect([await stateOf(id), stations.sent.length]).toEqual(['running', 2]);
});

it('takes a failure back that a later boot refutes', async () => {
  await stations.add(['a-1', 'a-2']);
  const id = await stations.create({ atOnce: 1 });
  await stations.look();
  const [first] = stations.sent;
  await stations.carryOut(first as never, 'fail');
  await stations.look();
  expect((await reportOf(id)).waves).toMatchObject([{ failed: 1 }]);
  stations.clock += 1_000;
  await stations.boot(first as never);
  await stations.look();
  await stations.look();
  expect((await reportOf(id)).waves).toMatchObject([{ failed: 0, succeeded: 1 }]);
});

describe('a station that never heard of its update', () => {
  it('is asked again, also hours later', async () => {
    await stations.add(['a-1']);
    const id = await stations.create();
    await stations.look();
    await stations.notDelivered(stations.sent[0] as never);
    await stations.setOnline('a-1', false);
    await stations.look(10);
    await stations.look();
    expect(await stations.stationsOf(id)).toMatchObject([{ state: 'pending', attempts: 1 }]);
    await stations.setOnline('a-1', true);
    await stations.look(POSTPONE_MS / 60_000 + 1);
    expect(stations.sent).toHaveLength(2);
    expect(stations.sent[1]?.payload).not.toEqual(stations.sent[0]?.payload);
    expect(await stations.stationsOf(id)).toMatchObject([{ state: 'started', attempts: 2 }]);
  });

  it.each([
    ['pause', { state: 'pending', reason: null }],
    ['cancel', { state: 'skipped', reason: 'cancelled' }],
  ] as const)('does not after a %s either', async (action, expected) => {
    await stations.add(['a-1']);
    const id = await stations.create();
    await stations.look();
    await stations.notDelivered(stations.sent[0] as never);
    await stations.process.campaigns[action]('default', id);
    await stations.process.rollout.sweep();
    await stations.look(20);
    expect([stations.sent.length, await stations.stationsOf(id)]).toMatchObject([1, [expected]]);
  });
});

it('leaves a station with another update alone until that has ended', async () => {
  await stations.add(['a-1']);
  const first = await stations.create();
  await stations.look();
  const second = await stations.create();
  await stations.look();
  expect([stations.sent.length, await stations.stationsOf(second)]).toMatchObject([1, [{ state: 'pending' }]]);
  await stations.carryOut(stations.sent[0] as never, 'succeed');
  await stations.look(5);
  await stations.look(5);
  expect([await stateOf(first), await stations.stationsOf(second)]).toMatchObject(['done', [{ state: 'skipped', reason: 'runs-already' }]]);
});

it('goes on without a station that is removed', async () => {
  await stations.add(['a-1', 'a-2']);
  const id = await stations.create();
  await stations.look();
  await service.database.query(`DELETE FROM device_config.stations WHERE station = 'a-1'`);
  await stations.carryOut(stations.sent.find(({ station }) => station === 'a-2') as never, 'succeed');
  await stations.look();
  await stations.look();
  expect([await stateOf(id), (await stations.stationsOf(id)).length]).toEqual(['done', 1]);
});

describe('a campaign that must be approved', () => {
  beforeEach(() => Object.assign(stations.rule, { aboveStations: 1, hours: 72 }));
  afterEach(() => Object.assign(stations.rule, { aboveStations: null }));

  it('asks no station until a second person has approved it, of which one counts however many come at once', async () => {
    await stations.add(['a-1', 'a-2']);
    const id = await stations.create();
    await stations.look();
    await expect(stations.process.campaigns.resume('default', id)).rejects.toMatchObject({ code: 'conflict' });
    await expect(stations.process.campaigns.approve('default', id, 'spec')).rejects.toMatchObject({ code: 'same-person' });
    await stations.look();
    expect([stations.sent.length, await stateOf(id)]).toEqual([0, 'awaiting-approval']);
    const others = [processOf(stations), processOf(stations), processOf(stations)];
    const outcomes = await Promise.allSettled(others.map(({ campaigns }, nth) => campaigns.approve('default', id, `key-${nth}`)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of outcomes) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'conflict' });
    await stations.look();
    expect([stations.sent.length, await stateOf(id)]).toEqual([2, 'running']);
  });

  it('never begins once it was refused, or nobody approved it in time; its stations are skipped', async () => {
    await stations.add(['a-1', 'a-2']);
    const [refused, expired] = [await stations.create(), await stations.create()];
    await stations.process.campaigns.refuse('default', refused, 'key-2');
    await expect(stations.process.campaigns.approve('default', refused, 'key-3')).rejects.toMatchObject({ code: 'conflict' });
    await stations.look(72 * 60);
    await expect(stations.process.campaigns.approve('default', expired, 'key-3')).rejects.toMatchObject({ code: 'conflict' });
    expect([await stateOf(refused), await stateOf(expired), stations.sent.length]).toEqual(['refused', 'expired', 0]);
    for (const [id, reason] of [
      [refused, 'refused'],
      [expired, 'expired'],
    ] as const)
      expect((await stations.stationsOf(id)).map((one) => `${one.state} ${one.reason}`)).toEqual(Array(2).fill(`skipped ${reason}`));
  });

  it('is not approved late, though no look has ended it yet, nor by a key of the same hands', async () => {
    await stations.add(['a-1', 'a-2']);
    stations.makers.set('key-child', ['spec']);
    const id = await stations.create();
    await expect(stations.process.campaigns.approve('default', id, 'key-child')).rejects.toMatchObject({ code: 'same-person' });
    stations.clock += 72 * 3_600_000;
    await expect(stations.process.campaigns.approve('default', id, 'key-2')).rejects.toMatchObject({ code: 'conflict' });
  });
});
