import { MAX_PERIODS } from '@voltbus/contracts';
import fc from 'fast-check';
import { periodsOf as reckon, type PeriodSource } from './periods';

const periodsOf = (which: PeriodSource) => reckon(which).periods;

const HOUR = 3_600_000;
const course = (change: Partial<PeriodSource>): PeriodSource => ({
  startedAt: 0,
  endedAt: 4 * HOUR,
  energyWh: 10_000,
  marks: [],
  powers: [],
  resolutionWh: 1,
  states: [],
  ...change,
});
/** The session began at 1000 Wh. */
const reading = (hours: number, wh: number) => ({ at: hours * HOUR, wh: wh - 1000 });
const short = (which: PeriodSource) => periodsOf(which).map(({ kind, seconds, energyWh }) => [kind, seconds, energyWh]);

describe('charging and idle periods', () => {
  it('without readings the whole session is one period', () => {
    expect(short(course({}))).toEqual([['charging', 14_400, 10_000]]);
    expect(short(course({ energyWh: 0 }))).toEqual([['idle', 14_400, 0]]);
  });

  it('1.6 idles from the reading after which the register stood still', () => {
    const marks = [reading(1, 6000), reading(2, 11_000), reading(3, 11_000)];
    expect(short(course({ marks }))).toEqual([
      ['charging', 7200, 10_000],
      ['idle', 7200, 0],
    ]);
  });

  it("a contactor's own consumption is no charging", () => {
    expect(short(course({ energyWh: 10_016, marks: [reading(2, 11_000), reading(3, 11_008)] }))).toEqual([
      ['charging', 7200, 10_000],
      ['idle', 7200, 16],
    ]);
  });

  it('2.x charges while the station reports Charging', () => {
    const states = [
      { at: HOUR / 2, charging: true },
      { at: 2 * HOUR, charging: false },
    ];
    expect(short(course({ states, marks: [reading(0.5, 1000), reading(2, 11_000)] }))).toEqual([
      ['idle', 1800, 0],
      ['charging', 5400, 10_000],
      ['idle', 7200, 0],
    ]);
  });

  it('a session without length still has its one period', () => {
    expect(short(course({ endedAt: 0, energyWh: 0 }))).toEqual([['idle', 0, 0]]);
  });

  it('never exceeds its bound, and seconds and energy still add up', () => {
    const states = Array.from({ length: 5000 }, (_, at) => ({ at: at * 2500, charging: at % 2 === 0 }));
    const periods = periodsOf(course({ states }));
    expect(periods.length).toBeLessThanOrEqual(MAX_PERIODS);
    expect(periods.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(14_400);
    expect(periods.reduce((sum, { energyWh }) => sum + energyWh, 0)).toBe(10_000);
  });

  it('adds up to the session, whatever was read and reported', () => {
    const readings = fc.array(
      fc.record({ at: fc.integer({ min: -1000, max: 5 * HOUR }), wh: fc.nat(20_000), powerW: fc.constantFrom(0, 5, 3_000) }),
    );
    const states = fc.array(fc.record({ at: fc.integer({ min: -1000, max: 5 * HOUR }), charging: fc.boolean() }));
    fc.assert(
      fc.property(readings, states, fc.nat(4 * HOUR), fc.nat(50_000), (points, reported, endedAt, energyWh) => {
        const read = points.sort((a, b) => a.at - b.at);
        const periods = periodsOf(course({ marks: read, powers: read, states: reported.sort((a, b) => a.at - b.at), endedAt, energyWh }));
        expect(periods.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(Math.floor(endedAt / 1000));
        expect(periods.reduce((sum, period) => sum + period.energyWh, 0)).toBe(energyWh);
        for (const period of periods) expect(Math.min(period.energyWh, period.seconds)).toBeGreaterThanOrEqual(0);
        periods.forEach((period, at) => expect(period.kind).not.toBe(periods[at - 1]?.kind));
      }),
    );
  });
});
