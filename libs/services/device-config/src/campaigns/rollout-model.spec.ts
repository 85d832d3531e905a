import type { CommandRequest } from '@voltbus/contracts';
import { seededRandom } from '@voltbus/virtual-station';
import { startService, type ServiceFixture } from '../testing/start-service';
import { RolledOutStations, processOf } from './testing/rolled-out-stations';
import { CERTIFICATE, CONFIGURATION, FIRMWARE, PASSWORD, SECURITY_PROFILE, type Work } from './testing/works';

// Random campaigns over stations that fail, go away and come back, by two processes that die between any two writes. What is expected is kept apart
// from what is stored: what each station received and did.

const STATIONS = 9;
const MAX_STEPS = 400;

class Death extends Error {}

let service: ServiceFixture;
let stations: RolledOutStations;
beforeAll(async () => {
  service = await startService({ VOLTBUS_DATABASE_POOL: '6' });
  stations = new RolledOutStations(service);
  await service.database.query(`UPDATE device_config.tenants SET certificate_organization = 'ACME'`);
});
afterAll(() => service?.close());
beforeEach(() => stations.clear());

class Model {
  /** What each station has received: at most one. */
  readonly received = new Map<string, Set<string | number>>();
  readonly ends = new Map<string, 'succeeded' | 'failed'>();
  readonly waves = new Map<string, number>();
  forgiven = 0;
  private seen = 0;
  private readonly settled = new Set<string>();

  constructor(
    private readonly random: () => number,
    private readonly work: Work,
    readonly campaign: string,
  ) {}

  get failures(): number {
    return [...this.ends.values()].filter((end) => end === 'failed').length;
  }

  /** Whatever was sent since: stations receive it, or were away; the same command twice is received once. */
  async receive(): Promise<void> {
    for (; this.seen < stations.sent.length; this.seen++) {
      const request = stations.sent[this.seen] as CommandRequest;
      if (this.settled.has(request.id)) continue;
      await this.checkWave(request.station);
      this.settled.add(request.id);
      if (this.random() < 0.25) await this.work.notDelivered(stations, request);
      else await this.carryOut(request);
    }
  }

  /** Failures that are known when the campaign is resumed do not count any more. What has failed since the last look is not known yet. */
  async resume(): Promise<void> {
    const known = (await stations.stationsOf(this.campaign)).filter(({ state }) => state === 'failed');
    expect(known.filter(({ station }) => !this.ends.has(station))).toEqual([]);
    await stations.process.campaigns.resume('default', this.campaign);
    this.forgiven = known.length;
  }

  private async carryOut(request: CommandRequest): Promise<void> {
    const { station } = request;
    const had = this.received.get(station) ?? new Set();
    this.received.set(station, had.add(await this.work.receipt(request, stations)));
    const end = this.random() < 0.3 ? 'fail' : 'succeed';
    await this.work.carryOut(stations, request, end);
    this.ends.set(station, end === 'fail' ? 'failed' : 'succeeded');
  }

  /** No station is sent anything while one of an earlier wave may still be. */
  private async checkWave(station: string): Promise<void> {
    const mine = this.waves.get(station) ?? 0;
    const states = new Map((await stations.stationsOf(this.campaign)).map((one) => [one.station, one.state]));
    for (const [other, wave] of this.waves)
      if (wave < mine) expect([other, this.ends.has(other) || states.get(other) === 'skipped']).toEqual([other, true]);
  }
}

/** What was begun at stations. */
const begunOf = ({ table }: Work): Promise<{ id: string }[]> => service.database.query(`SELECT id FROM device_config.${table} ORDER BY id`);

async function run(seed: number, work: Work): Promise<void> {
  const random = seededRandom(seed).next;
  const names = Array.from({ length: STATIONS }, (_, nth) => `m${seed}-${nth}`);
  await stations.add(names, work.stations);
  const maxFailures = Math.floor(random() * 3);
  const waves = [{ stations: 1 + Math.floor(random() * 3) }, { percent: 30 }];
  const plan = { waves, maxFailures, atOnce: 1 + Math.floor(random() * 4), waveHours: 3, jitterSeconds: 300 };
  const campaign = await stations.create(plan, work.campaign);
  const model = new Model(random, work, campaign);
  for (const { station, wave } of await stations.stationsOf(campaign)) model.waves.set(station, wave);

  for (let step = 0; step < MAX_STEPS; step++) {
    stations.clock += Math.floor(random() * 300_000);
    for (const name of names) if (random() < 0.1) await stations.setOnline(name, random() < 0.7);
    const mustStop = model.failures - model.forgiven > maxFailures;
    const before = await begunOf(work);
    const looks = [mortalLook(random), mortalLook(random)];
    for (const look of await Promise.allSettled(looks)) if (look.status === 'rejected') expect(look.reason).toBeInstanceOf(Death);
    if (mustStop) expect(await begunOf(work)).toEqual(before);
    await model.receive();
    const { state } = await stations.process.campaigns.find('default', campaign);
    if (state === 'stopped') {
      expect(mustStop).toBe(true);
      await model.resume();
    }
    if (state === 'done') return check(model, names);
  }
  throw new Error('the campaign does not end');
}

/** A process that looks once, and perhaps dies somewhere. */
function mortalLook(random: () => number): Promise<void> {
  let left = random() < 0.7 ? 1 + Math.floor(random() * 40) : Infinity;
  return processOf(stations, () => {
    if (--left === 0) throw new Death();
  }).look();
}

async function check(model: Model, names: readonly string[]): Promise<void> {
  await stations.look(); // failures that are judged late
  const shown = await stations.stationsOf(model.campaign);
  expect(shown.map(({ station }) => station)).toEqual([...names].sort());
  for (const { station, state, reason } of shown) {
    expect([station, model.received.get(station)?.size ?? 0]).toEqual([station, model.ends.has(station) ? 1 : 0]);
    expect([station, state, state === 'skipped' ? reason : null]).toEqual([
      ...[station, model.ends.get(station) ?? 'skipped'],
      model.ends.has(station) ? null : 'not-reached',
    ]);
  }
}

it.each([
  ['firmware', 1_000, FIRMWARE],
  ['configuration', 1_001, CONFIGURATION],
  ['certificate', 1_004, CERTIFICATE],
  ['security-profile', 1_002, SECURITY_PROFILE],
  ['password', 1_003, PASSWORD],
] as const)('each station gets its %s once, waves do not overlap, and it stops when it must (seed %i)', (_kind, seed, work) =>
  run(seed, work),
);
