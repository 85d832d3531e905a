import { LEAST_TAKE_OVERS, TAKE_OVER_GAP_MS, conflictOf, type TakeOverCount } from './identity-conflict';

const T = Date.parse('2026-06-01T12:00:00Z');
const at = (ms: number) => new Date(T + ms);
const count = (address: string, times: number, firstMs: number, lastMs: number): TakeOverCount => ({
  address,
  times,
  firstAt: at(firstMs),
  lastAt: at(lastMs),
});

describe('a conflict of two devices under one identity', () => {
  it('is seen with both addresses, how often each came, and since when', () => {
    expect(conflictOf([count('10.0.0.1', 3, 0, 90_000), count('10.0.0.2', 2, 30_000, 120_000)], at(130_000))).toEqual({
      since: at(0).toISOString(),
      takeOvers: 5,
      addresses: [
        { address: '10.0.0.2', takeOvers: 2, lastAt: at(120_000).toISOString() },
        { address: '10.0.0.1', takeOvers: 3, lastAt: at(90_000).toISOString() },
      ],
    });
  });

  it.each<[string, TakeOverCount[], number]>([
    ['none', [], 0],
    ['too few', [count('10.0.0.1', LEAST_TAKE_OVERS - 1, 0, 0)], 0],
    ['long ago', [count('10.0.0.1', 100, 0, 0)], TAKE_OVER_GAP_MS + 1],
    ['too few of late', [count('10.0.0.1', 100, 0, 0), count('10.0.0.2', 4, TAKE_OVER_GAP_MS, TAKE_OVER_GAP_MS)], TAKE_OVER_GAP_MS + 1],
  ])('is not seen in take-overs that are %s', (_name, counts, nowMs) => {
    expect(conflictOf(counts, at(nowMs))).toBeNull();
  });
});
