import { isReached, lowering, tighter } from './limit';

describe('limits of a session', () => {
  it('of two the lower of each kind counts, as a number, not as text', () => {
    expect(tighter({ maxEnergyWh: 5_000, maxCost: '9.50' }, { maxEnergyWh: 7_000, maxSeconds: 60, maxCost: '10' })).toEqual({
      maxEnergyWh: 5_000,
      maxSeconds: 60,
      maxCost: '9.50',
    });
    expect(tighter(null, { maxSeconds: 60 })).toEqual({ maxSeconds: 60 });
    expect(tighter(null, null)).toBeNull();
  });

  it('E16.FR.08 leaves out what the station has lowered as far itself', () => {
    expect(lowering({ maxEnergyWh: 5_000, maxCost: '10' }, { maxEnergyWh: 5_000, maxCost: '12' })).toEqual({ maxCost: '10' });
    expect(lowering({ maxEnergyWh: 5_000 }, { maxEnergyWh: 4_000 })).toBeNull();
  });

  it.each([
    [{ maxEnergyWh: 1_000 }, { energyWh: 1_000, seconds: 0, cost: null }, true],
    [{ maxEnergyWh: 1_000 }, { energyWh: 999, seconds: 9_999, cost: 99 }, false],
    [{ maxSeconds: 60 }, { energyWh: 0, seconds: 60, cost: null }, true],
    [{ maxCost: '2.40' }, { energyWh: 0, seconds: 0, cost: 2.4 }, true],
    [{ maxCost: '2.40' }, { energyWh: 0, seconds: 0, cost: 2.39 }, false],
    [{ maxCost: '2.40' }, { energyWh: 0, seconds: 0, cost: null }, false],
  ])('%j with %j: %s', (limit, reached, is) => {
    expect(isReached(limit, reached)).toBe(is);
  });
});
