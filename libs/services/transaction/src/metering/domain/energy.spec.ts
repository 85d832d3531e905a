import fc from 'fast-check';
import { energyOf as reckon, type EnergyAccount, type RegisterPoint } from './energy';

const MINUTE = 60_000;
const DAY = 86_400_000;
const point = (minute: number, wh: number, context = 'Sample.Periodic'): RegisterPoint => ({ at: minute * MINUTE, wh, context });
const nothing = { startWh: null, stopWh: null };
interface Stated {
  startWh: number | null;
  stopWh: number | null;
}
/** Of a session that lasts from the first minute to the last that was read. */
function energyOf(points: readonly RegisterPoint[], stated: Stated, { endedAt = points.at(-1)?.at ?? DAY, timed = true } = {}) {
  const { meterStartWh, meterStopWh, energyWh, flags }: EnergyAccount = reckon({
    startedAt: 0,
    endedAt,
    ...stated,
    timed,
    points: points.map(({ at, wh, context }) => ({
      at,
      context,
      registers: [{ location: 'Outlet', phases: 0, wh }],
      intervalWh: null,
      powerW: null,
    })),
  });
  return { meterStartWh, meterStopWh, energyWh, flags };
}

describe('the energy of a transaction', () => {
  it('1.6 section 4.10 is meterStop less meterStart', () => {
    expect(energyOf([], { startWh: 1000, stopWh: 8350 })).toEqual({
      meterStartWh: 1000,
      meterStopWh: 8350,
      energyWh: 7350,
      flags: [],
    });
  });

  it('E01, E06 is read off Transaction.Begin and Transaction.End in 2.x', () => {
    const points = [point(0, 90), point(1, 100, 'Transaction.Begin'), point(2, 200), point(3, 310, 'Transaction.End'), point(4, 312)];
    expect(energyOf(points, nothing)).toMatchObject({ meterStartWh: 100, meterStopWh: 310, energyWh: 210 });
  });

  it('is read off the first and the last reading where those are missing', () => {
    expect(energyOf([point(1, 100.4), point(2, 200), point(3, 250.6)], nothing)).toMatchObject({
      meterStartWh: 100,
      meterStopWh: 251,
      energyWh: 150,
    });
  });

  it('is unknown where nothing was measured, and nothing where one reading is all', () => {
    expect(energyOf([], nothing).energyWh).toBeNull();
    expect(energyOf([], { startWh: 1000, stopWh: null }).energyWh).toBeNull();
    expect(energyOf([point(1, 100)], nothing).energyWh).toBe(0);
  });

  it('an implicit end takes the last register known', () => {
    expect(energyOf([point(1, 1500), point(2, 1900)], { startWh: 1000, stopWh: null })).toMatchObject({ meterStopWh: 1900, energyWh: 900 });
  });

  it('O2, quirk 16 counts what rose when the register fell, and flags it', () => {
    expect(energyOf([point(1, 6000), point(2, 100)], { startWh: 5000, stopWh: 400 })).toMatchObject({
      energyWh: 1300,
      flags: ['register-reset'],
    });
  });

  it('quirk 17 does not believe an overflow marker', () => {
    expect(energyOf([point(1, 1900)], { startWh: 1000, stopWh: 2_147_483_647 })).toMatchObject({ meterStopWh: 1900, energyWh: 900 });
  });

  it('O2 is never negative, whatever the registers do', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100_000)), fc.nat(100_000), fc.nat(100_000), (whs, startWh, stopWh) => {
        const { energyWh } = energyOf(
          whs.map((wh, at) => point(at, wh)),
          { startWh, stopWh },
        );
        expect(energyWh).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
