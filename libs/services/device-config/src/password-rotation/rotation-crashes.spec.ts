import type { CommandRequest, ConnectionEvent, StationRef } from '@voltbus/contracts';
import fc from 'fast-check';
import type { Death } from '../testing/mortality';
import { passwordRotation } from './block';
import { CarelessWorld, HABITS, type Habit } from './testing/careless-world';
import { MortalProcess } from './testing/mortal-process';
import { BY, OLD_PASSWORD, RotationFixture, hashOf } from './testing/rotation-fixture';

const RUNS = 20;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

let fixture: RotationFixture;
beforeAll(async () => {
  fixture = await RotationFixture.start();
});
afterAll(() => fixture?.close());

const death: fc.Arbitrary<Death> = fc.option(fc.record({ effect: fc.nat(6), after: fc.boolean() }), { freq: 2 });
const of = <Kind extends string>(kind: Kind) => fc.record({ kind: fc.constant(kind), by: fc.nat(1), death, pick: fc.nat(9) });
const act = fc.oneof(of('start'), of('sweep'), of('result'), of('event'), of('sweep'), of('result'));
const step = fc.oneof(
  fc.record({ kind: fc.constant('acts' as const), acts: fc.array(act, { minLength: 1, maxLength: 2 }) }),
  fc.record({ kind: fc.constant('acts' as const), acts: fc.array(act, { minLength: 1, maxLength: 1 }) }),
  fc.record({ kind: fc.constant('wait' as const), minutes: fc.constantFrom(1, 1, 11, 61, DAY_MINUTES) }),
  fc.record({ kind: fc.constant('habit' as const), habit: fc.constantFrom(...HABITS) }),
  fc.record({ kind: fc.constant('online' as const), online: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('connect' as const, 'reboot' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
type Act = Extract<Step, { kind: 'acts' }>['acts'][number];

let runs = 0;

/** One station, two processes, and everything that happens between them. */
class Walk {
  private readonly world: CarelessWorld;
  private readonly events: ConnectionEvent[] = [];
  private readonly processes: MortalProcess[];
  private now = Date.UTC(2026, 0, 1);
  private habit: Habit = 'takes';
  private online = true;

  private constructor(private readonly ref: StationRef) {
    this.world = new CarelessWorld(ref, OLD_PASSWORD);
    const effects = {
      store: fixture.service.service.storeOf(passwordRotation),
      sendCommand: async (request: CommandRequest) => {
        if (request.station === ref.station) this.world.publish(request, this.habit, this.online);
      },
      now: () => new Date(this.now),
    };
    this.processes = [new MortalProcess(effects), new MortalProcess(effects)];
  }

  static async begin(): Promise<Walk> {
    return new Walk(await fixture.station(`crash-${++runs}`));
  }

  async take(next: Step): Promise<void> {
    if (next.kind === 'wait') this.now += next.minutes * MINUTE_MS;
    if (next.kind === 'habit') this.habit = next.habit;
    if (next.kind === 'online') await fixture.setOnline(this.ref, (this.online = next.online));
    if (next.kind === 'reboot') this.world.reboot();
    if (next.kind === 'reboot' || next.kind === 'connect') await this.connect();
    if (next.kind === 'acts') await Promise.all(next.acts.map((one, nth) => this.act({ ...one, by: (one.by + nth) % 2 })));
    await this.check();
  }

  /** From now on nothing goes wrong, and the operator tries again what is unconfirmed. */
  async settle(): Promise<void> {
    this.habit = 'takes';
    await fixture.setOnline(this.ref, (this.online = true));
    const calm = { by: 0, death: null, pick: 0 };
    for (let round = 0; round < 8; round++) {
      await this.act({ kind: 'start', ...calm });
      this.now += 61 * MINUTE_MS;
      await this.act({ kind: 'sweep', ...calm });
      while (this.world.results.length > 0) await this.act({ kind: 'result', ...calm, pick: 1 });
      this.world.reboot();
      await this.connect();
      while (this.events.length > 0) await this.act({ kind: 'event', ...calm, pick: 1 });
      await this.check();
      if ((await fixture.rotations.find(this.ref))?.state === 'done') break;
    }
    expect(await fixture.rotations.find(this.ref)).toMatchObject({ state: 'done', sealed: null });
    expect(this.world.password).not.toBe(OLD_PASSWORD);
    expect(await this.hashes()).not.toContain(hashOf(this.ref, OLD_PASSWORD));
    await fixture.service.database.query('DELETE FROM device_config.stations WHERE station = $1', [this.ref.station]);
  }

  private async act({ kind, by, death: dies, pick }: Act): Promise<void> {
    const process = this.processes[by] as MortalProcess;
    if (kind === 'start') return process.run(dies, (rotations) => rotations.start(this.ref, BY));
    if (kind === 'sweep') return process.run(dies, (rotations) => rotations.sweep());
    const queue: unknown[] = kind === 'result' ? this.world.results : this.events;
    if (queue.length === 0) return;
    const at = pick % queue.length;
    const taken = queue[at];
    if (dies === null && pick % 3 !== 0) queue.splice(at, 1); // else it comes again
    await process.run(dies, (rotations) =>
      kind === 'result' ? rotations.onEnded(taken as never) : rotations.onConnected(taken as ConnectionEvent),
    );
  }

  /** As the gateway does it: the profile decides, and names the rotation whose password was used. */
  private async connect(): Promise<void> {
    if (!this.online) return;
    const [profile] = await fixture.service.profilesOf([this.ref]);
    const used = hashOf(this.ref, this.world.password);
    expect(profile?.keyHashes).toContain(used);
    const rotation = profile?.passwordRotation;
    const proven = rotation?.keyHashes.includes(used) === true ? { passwordRotation: rotation.id } : {};
    const event = { ...this.ref, protocol: 'ocpp1.6', gateway: 'gw', epoch: 1, at: new Date().toISOString(), reason: 'connected' } as const;
    this.events.push({ ...event, ...proven });
  }

  private async hashes(): Promise<readonly string[]> {
    return (await fixture.service.profilesOf([this.ref]))[0]?.keyHashes ?? [];
  }

  /** The station is never locked out, no third password is accepted, and nobody but the station has seen one. */
  private async check(): Promise<void> {
    const hashes = await this.hashes();
    for (const password of this.world.inUse) expect(hashes).toContain(hashOf(this.ref, password));
    expect(hashes.length).toBeLessThanOrEqual(FORMS_OF_OLD + FORMS_OF_NEW);
    const stored: object[] = await fixture.service.database.query(
      `SELECT to_json(s) AS station, to_json(r) AS rotation, (SELECT json_agg(e) FROM device_config.security_events e WHERE e.station = $1) AS events
       FROM device_config.stations s LEFT JOIN device_config.password_rotations r ON r.station = s.station WHERE s.station = $1`,
      [this.ref.station],
    );
    const seen = JSON.stringify([stored, this.world.published]);
    for (const secret of this.world.secrets) for (const form of formsOf(secret)) expect(seen).not.toContain(form);
  }
}

/** A password that may be the digits of a key is accepted in three forms: as it is, as the bytes, and in capitals. */
const FORMS_OF_NEW = 3;
const FORMS_OF_OLD = 3;

function formsOf(secret: string): string[] {
  const bytes = [Buffer.from(secret), Buffer.from(secret, 'hex')];
  return [
    secret,
    secret.toUpperCase(),
    ...bytes.flatMap((one) => [one.toString('base64'), one.toString('base64url'), one.toString('hex')]),
  ];
}

it('A01: a process may die between any two steps of a rotation, in any order with another one: the station is never locked out', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const walk = await Walk.begin();
      for (const next of steps) await walk.take(next);
      await walk.settle();
    }),
    { numRuns: RUNS },
  );
});
