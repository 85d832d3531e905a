import fc from 'fast-check';
import type { Mark } from './register-chains';
import { withoutSetBack } from './set-back';

const MINUTE = 60_000;
const path = (...whs: number[]): Mark[] => whs.map((wh, nth) => ({ at: nth * MINUTE, wh }));

describe('a clock that was set back', () => {
  it('leaves the register as it rose, wherever and by however much it was set', () => {
    const session = fc.record({ base: fc.integer({ min: 5_000, max: 2_000_000 }), step: fc.integer({ min: 100, max: 900 }) });
    fc.assert(
      fc.property(session, fc.integer({ min: 3, max: 20 }), fc.integer({ min: 2, max: 10 }), ({ base, step }, before, back) => {
        const by = Math.min(back, before - 1) + 0.5;
        const read = Array.from({ length: before + back + 5 }, (_, nth) => ({
          at: (nth > before ? nth - by : nth) * MINUTE,
          wh: base + nth * step,
        }));
        const seen = withoutSetBack([...read].sort((a, b) => a.at - b.at));
        seen.forEach(({ wh }, nth) => expect(wh).toBeGreaterThanOrEqual(seen[nth - 1]?.wh ?? 0));
        expect([seen[0], seen.at(-1)]).toEqual([read[0], read.at(-1)]);
      }),
    );
  });

  it.each([
    ['begins anew', [1000, 3000, 6000, 0, 1500, 3000]],
    ['begins anew and gets further than before', [0, 3000, 6000, 500, 3500, 6500, 9500]],
    ['begins anew where it was a reading before', [0, 3000, 6000, 3000, 6000, 9000]],
    ['is of two kinds', [0, 5000, 100, 5100, 200, 5200, 300, 5300]],
    ['only rises', [1000, 2000, 2000, 5000]],
  ])('is not what a register shows that %s', (_how, whs) => {
    const read = path(...whs);
    expect(withoutSetBack(read)).toBe(read);
  });
});
