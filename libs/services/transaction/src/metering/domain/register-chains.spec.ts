import fc from 'fast-check';
import { chainsOf, MOST_OPEN_CHAINS, riseOf, type Mark } from './register-chains';
import { followRegisters } from './register-path';
import { mostWh } from './physics';

const METER = { resolutionWh: 1, values: 100, timed: true };
const MINUTE = 60_000;
const path = (...whs: number[]): Mark[] => whs.map((wh, minute) => ({ at: minute * MINUTE, wh }));

describe('registers that follow from each other', () => {
  it('whatever they do, every one is in one chain, and no chain falls or rises faster than physics allows', () => {
    const registers = fc.array(fc.oneof(fc.nat(100), fc.nat(20_000), fc.nat(2_000_000)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(registers, (whs) => {
        const chains = chainsOf(path(...whs), METER);
        const all = chains.flatMap(({ marks }) => marks.map(({ nth }) => nth));
        expect(all.sort((a, b) => a - b)).toEqual(whs.map((_, nth) => nth));
        const { energyWh, marks } = followRegisters(path(...whs), METER);
        expect(energyWh).toBeLessThanOrEqual(chains.reduce((sum, chain) => sum + riseOf(chain), 0));
        expect(energyWh).toBeLessThanOrEqual(whs.length * mostWh(MINUTE, true));
        marks.forEach(({ wh }, nth) => expect(wh).toBeGreaterThanOrEqual(marks[nth - 1]?.wh ?? 0));
      }),
    );
  });

  it('a steady register is one chain, and its rise is the difference of its ends', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5_000), { minLength: 1, maxLength: 50 }), fc.nat(1_000_000), (steps, base) => {
        const whs = steps.map((_, nth) => base + steps.slice(0, nth + 1).reduce((sum, step) => sum + step, 0));
        expect(chainsOf(path(...whs), METER)).toHaveLength(1);
        expect(followRegisters(path(...whs), METER)).toMatchObject({ energyWh: (whs.at(-1) ?? 0) - (whs[0] ?? 0), flags: [] });
      }),
    );
  });

  it('one that resets at every reading is followed in time that grows with its length alone', () => {
    const whs = Array.from({ length: 20_000 }, (_, nth) => (nth % 3) * 1000);
    const chains = chainsOf(path(...whs), METER);
    expect(chains.length).toBeGreaterThan(MOST_OPEN_CHAINS);
    expect(followRegisters(path(...whs), METER).energyWh).toBe(13_333_000);
  });
});
