import { gate, inBudget } from '@voltbus/testing';
import fc from 'fast-check';
import { deviceEvents } from '../device-events/block';
import type { TypeormDeviceEvents } from '../device-events';
import { AlertChecks } from './alert-checks';
import { alertRules } from './block';
import { JudgedStations, MINUTE, ref } from './testing/judged-stations';

jest.setTimeout(300_000); // some machines are slow
const BUDGET_MS = 240_000;
const RUNS = 12;
const STATIONS = ['A', 'B', 'C'];
const WAITS_MINUTES = 10;

let judged: JudgedStations;
beforeAll(async () => {
  judged = await JudgedStations.start();
});
afterAll(() => judged?.close());

type Step =
  | { do: 'goes' | 'comes'; station: string }
  | { do: 'rule'; enabled: boolean }
  /** Two processes judge at once. `keepsLock`: of the first the connection that holds the lock is lost. `dies`: it dies before this write. */
  | { do: 'judge'; minutes: number; keepsLock: boolean; dies: number | null };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('goes' as const, 'comes' as const), station: fc.constantFrom(...STATIONS) }),
  fc.record({ do: fc.constant('rule' as const), enabled: fc.boolean() }),
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ do: fc.constant('judge' as const), minutes: fc.constantFrom(1, WAITS_MINUTES, 2 * WAITS_MINUTES) },
      ...{ keepsLock: fc.boolean(), dies: fc.option(fc.nat(3)) },
    }),
  },
);

/** Two processes have both looked before either of them writes. */
class Meeting {
  private readonly met = gate();
  private readonly arrived = new Set<number>();

  arrive(process: number): Promise<void> {
    if (this.arrived.add(process).size === 2) this.met.open();
    return this.met.opened;
  }
}

/** A process of its own on the same database. `looked`: awaited before it writes. */
function evaluator({
  keepsLock,
  dies,
  looked = () => Promise.resolve(),
}: {
  keepsLock: boolean;
  dies: number | null;
  looked?: () => Promise<void>;
}): AlertChecks {
  const { rules, findings } = judged.service.service.storeOf(alertRules);
  const alerts = judged.service.service.storeOf(deviceEvents);
  let writes = 0;
  const inStation: TypeormDeviceEvents['inStation'] = async (station, work) => {
    await looked();
    if (writes++ === dies) throw new Error('the process died');
    await alerts.inStation(station, work);
  };
  const alone = keepsLock ? (work: () => Promise<void>) => findings.alone(work) : (work: () => Promise<void>) => work();
  return new AlertChecks({
    ...{ rules, now: judged.now, alerts: { inStation } },
    findings: { alone, open: () => findings.open(), find: (...given) => findings.find(...given) },
  });
}

/** What is to be so, by arithmetic: since when each station is away, and whose alert is open. */
class Expected {
  private readonly away = new Map<string, number>();
  readonly open = new Set<string>();
  raised = 0;
  cleared = 0;
  enabled = true;

  connection(station: string, isOnline: boolean): void {
    if (isOnline) this.away.delete(station);
    else if (!this.away.has(station)) this.away.set(station, judged.clock);
  }

  judge(): void {
    for (const station of STATIONS) {
      const since = this.away.get(station);
      const isFound = this.enabled && since !== undefined && since < judged.clock - WAITS_MINUTES * MINUTE;
      if (isFound && !this.open.has(station)) this.raised += this.open.add(station).size > 0 ? 1 : 0;
      if (!isFound && this.open.delete(station)) this.cleared += 1;
    }
  }
}

it('two processes that judge at once raise each alert once and clear it once, also where one has lost its lock or dies', async () => {
  const property = async (steps: Step[]): Promise<void> => {
    await judged.clear();
    const expected = new Expected();
    let epoch = 0;
    for (const station of STATIONS) await judged.service.stations.put(ref(station), {});
    await judged.rule('offline', { minutes: WAITS_MINUTES });
    const last: Step = { do: 'judge', minutes: 1, keepsLock: true, dies: null };
    for (const one of [...steps, last]) {
      if (one.do === 'rule') {
        await judged.rule('offline', { minutes: WAITS_MINUTES, enabled: one.enabled });
        expected.enabled = one.enabled;
      } else if (one.do === 'judge') {
        judged.later(one.minutes * MINUTE);
        const meeting = new Meeting();
        const pair = [one, { keepsLock: true, dies: null }].map((how, nth) => evaluator({ ...how, looked: () => meeting.arrive(nth) }));
        const outcomes = await Promise.allSettled(pair.map((each, nth) => each.run().finally(() => void meeting.arrive(nth))));
        expect(outcomes[1]).toMatchObject({ status: 'fulfilled' });
        await evaluator({ keepsLock: true, dies: null }).run(); // the next turn, where the one with the lock has died
        expected.judge();
        expect(await judged.open()).toEqual([...expected.open].sort().map((station) => `${station} 0`));
        const published = await judged.published();
        const count = (change: string) => published.filter((type) => type === `voltbus.alert.${change}`).length;
        expect([count('raised'), count('cleared')]).toEqual([expected.raised, expected.cleared]);
      } else {
        const isOnline = one.do === 'comes';
        if (!isOnline) await judged.online(one.station, true, ++epoch); // it was there until now
        await judged.online(one.station, isOnline, isOnline ? ++epoch : epoch);
        expected.connection(one.station, true);
        expected.connection(one.station, isOnline);
      }
    }
  };
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), inBudget(property, BUDGET_MS)), { numRuns: RUNS });
});
