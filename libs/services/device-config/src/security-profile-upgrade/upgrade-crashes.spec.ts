import type { CommandRequest, ConnectionEvent, Protocol, StationRef } from '@voltbus/contracts';
import fc from 'fast-check';
import type { Death } from '../testing/mortality';
import { isOpen } from './domain/upgrade';
import { HABITS, StubbornStation, type Habit } from './testing/stubborn-station';
import { MortalUpgrades, NETWORK, UpgradeFixture } from './testing/upgrade-fixture';

const RUNS = 12;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
const TARGET = 2;

let fixture: UpgradeFixture;
beforeAll(async () => {
  fixture = await UpgradeFixture.start();
});
afterAll(() => fixture?.close());

const death: fc.Arbitrary<Death> = fc.option(fc.record({ effect: fc.nat(5), after: fc.boolean() }), { freq: 2 });
const of = <Kind extends string>(kind: Kind) => fc.record({ kind: fc.constant(kind), by: fc.nat(1), death, pick: fc.nat(9) });
const act = fc.oneof(of('start'), of('sweep'), of('result'), of('event'), of('sweep'), of('result'), of('cancel'));
const step = fc.oneof(
  fc.record({ kind: fc.constant('acts' as const), acts: fc.array(act, { minLength: 1, maxLength: 2 }) }),
  fc.record({ kind: fc.constant('acts' as const), acts: fc.array(act, { minLength: 1, maxLength: 1 }) }),
  fc.record({ kind: fc.constant('wait' as const), minutes: fc.constantFrom(1, 1, 6, 16, 61, DAY_MINUTES) }),
  fc.record({ kind: fc.constant('habit' as const), habit: fc.constantFrom(...HABITS) }),
  fc.record({ kind: fc.constant('cannot' as const), cannot: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('connect' as const, 'leave' as const) }),
  fc.record({ kind: fc.constant('round' as const), habit: fc.constantFrom(...HABITS), minutes: fc.constantFrom(0, 6, 61) }),
  fc.record({ kind: fc.constant('round' as const), habit: fc.constant('takes' as const), minutes: fc.constantFrom(0, 1) }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
type Act = Extract<Step, { kind: 'acts' }>['acts'][number];

let runs = 0;

/** One station, two processes, and everything that happens between them. */
class Walk {
  private readonly station: StubbornStation;
  private readonly events: ConnectionEvent[] = [];
  private readonly processes: MortalUpgrades[];
  private now = Date.now();
  private epoch = 1;
  private habit: Habit = 'takes';
  private online = true;
  private highest = 0;
  /** The station was sent what changes its profile, by this upgrade or one before. */
  private tainted = false;

  private constructor(
    private readonly ref: StationRef,
    private readonly protocol: Protocol,
  ) {
    this.station = new StubbornStation(protocol);
    const effects = {
      store: fixture.store,
      sendCommand: (request: CommandRequest) => {
        if (request.station === ref.station) this.station.publish(request, this.habit, this.online);
        return Promise.resolve();
      },
      now: () => new Date(this.now),
    };
    this.processes = [new MortalUpgrades(effects), new MortalUpgrades(effects)];
  }

  static async begin(protocol: Protocol): Promise<Walk> {
    return new Walk(await fixture.station(`upgrade-${++runs}`, protocol), protocol);
  }

  async take(next: Step): Promise<void> {
    if (next.kind === 'wait') this.now += next.minutes * MINUTE_MS;
    if (next.kind === 'habit') this.habit = next.habit;
    if (next.kind === 'cannot') this.station.cannot = next.cannot;
    if (next.kind === 'connect') await this.connect();
    if (next.kind === 'leave') await this.leave();
    if (next.kind === 'round') await this.round(next);
    if (next.kind === 'acts') await Promise.all(next.acts.map((one, nth) => this.act({ ...one, by: (one.by + nth) % 2 })));
    await this.check();
  }

  /** What is due is sent, and answered as the station is wont to. */
  private async round({ habit, minutes }: { habit: Habit; minutes: number }): Promise<void> {
    const calm = { by: 1, death: null, pick: 1 };
    this.habit = habit;
    this.now += minutes * MINUTE_MS;
    await this.act({ kind: 'sweep', ...calm });
    while (this.station.results.length > 0) await this.act({ kind: 'result', ...calm });
  }

  /** From now on nothing goes wrong: the station ends with the new profile, whatever was before. */
  async settle(): Promise<void> {
    this.habit = 'takes';
    this.station.cannot = false;
    const calm = { by: 0, death: null, pick: 1 };
    for (let round = 0; round < 60 && (await this.state()) !== 'done'; round++) {
      await this.act({ kind: 'start', ...calm });
      await this.act({ kind: 'sweep', ...calm });
      while (this.station.results.length > 0) await this.act({ kind: 'result', ...calm });
      await this.connect();
      while (this.events.length > 0) await this.act({ kind: 'event', ...calm });
      this.now += 61 * MINUTE_MS;
      await this.check();
    }
    expect([await this.state(), this.station.profile, await fixture.demanded(this.ref)]).toEqual(['done', TARGET, TARGET]);
    await fixture.service.database.query('DELETE FROM device_config.stations WHERE station = $1', [this.ref.station]);
  }

  private async state(): Promise<string | undefined> {
    return (await fixture.store.find(this.ref))?.state;
  }

  private async act({ kind, by, death: dies, pick }: Act): Promise<void> {
    const process = this.processes[by] as MortalUpgrades;
    if (kind === 'start')
      return process.run(dies, (upgrades) => upgrades.start(this.ref, { target: TARGET, network: NETWORK, actor: 'me' }));
    if (kind === 'sweep') return process.run(dies, (upgrades) => upgrades.sweep());
    if (kind === 'cancel') return process.run(dies, (upgrades) => upgrades.cancel(this.ref));
    const queue: unknown[] = kind === 'result' ? this.station.results : this.events;
    if (queue.length === 0) return;
    const at = pick % queue.length;
    const taken = queue[at];
    if (dies === null && pick % 3 !== 0) queue.splice(at, 1); // else it comes again
    await process.run(dies, (upgrades) =>
      kind === 'result' ? upgrades.onEnded(taken as never) : upgrades.onConnected([taken as ConnectionEvent]),
    );
  }

  /** As the gateway does it: a profile below the one that is demanded would be refused. */
  private async connect(): Promise<void> {
    const profile = this.station.connect();
    expect(profile).toBeGreaterThanOrEqual(await fixture.demanded(this.ref));
    this.online = true;
    await fixture.connected(this.ref, { protocol: this.protocol, profile, epoch: ++this.epoch });
    const event = { ...this.ref, protocol: this.protocol, gateway: 'gw', reason: 'connected', at: new Date(this.now).toISOString() };
    this.events.push({ ...event, epoch: this.epoch, securityProfile: profile });
    this.highest = Math.max(this.highest, profile);
  }

  private async leave(): Promise<void> {
    this.online = false;
    await fixture.disconnected(this.ref);
  }

  /** The station is never locked out and never falls below what it used; what ended says what is so. */
  private async check(): Promise<void> {
    const demanded = await fixture.demanded(this.ref);
    expect(this.station.profile).toBeGreaterThanOrEqual(demanded);
    expect(demanded).toBe(Math.max(1, this.highest));
    const upgrade = await fixture.store.find(this.ref);
    if (upgrade === null) return;
    expect(isOpen(upgrade)).toBe(upgrade.endedAt === null);
    if (upgrade.state === 'done') expect(this.highest).toBe(TARGET);
    // what was not sent, or was refused, is not at the station
    this.tainted ||= upgrade.mayHaveIt;
    if (!this.tainted && upgrade.state !== 'sent' && this.highest < TARGET)
      expect([this.station.order, this.station.changed]).toEqual([[1], false]);
    expect(upgrade.mayHaveIt && (upgrade.state === 'refused' || upgrade.state === 'expired')).toBe(false);
  }
}

it.each<[Protocol]>([['ocpp1.6'], ['ocpp2.0.1']])(
  'A05: a process may die between any two steps of an upgrade of %s, in any order with another one: the station is never locked out, and nothing is claimed',
  async (protocol) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const walk = await Walk.begin(protocol);
        await walk.take({ kind: 'acts', acts: [{ kind: 'start', by: 0, death: null, pick: 0 }] });
        for (const next of steps) await walk.take(next);
        await walk.settle();
      }),
      { numRuns: RUNS },
    );
  },
);
