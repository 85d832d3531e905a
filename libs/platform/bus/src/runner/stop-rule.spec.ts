import fc from 'fast-check';
import { FIRST_STOP_MS, LAST_STOP_MS, MAX_OUTCOMES, MIN_FAILING_KEYS, StopRule, nextStopMs } from './stop-rule';

const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const failing = (rule: StopRule, keys: readonly string[]): boolean[] => keys.map((key) => rule.countDefect('h', key));

describe('the stop rule', () => {
  it('stops when a handler fails at the stations of two tenants, at the tenth and not before', () => {
    const keys = range(MIN_FAILING_KEYS).map((n) => `${n % 2}/${n}`);
    expect(failing(new StopRule(), keys)).toEqual(keys.map((_, n) => n === MIN_FAILING_KEYS - 1));
  });

  it('never stops for fewer stations or for one tenant among others, whatever they send and in whatever order', () => {
    const few = fc.array(fc.integer({ min: 0, max: MIN_FAILING_KEYS - 2 }), { maxLength: 200 });
    fc.assert(
      fc.property(few, (stations) => {
        expect(
          failing(
            new StopRule(),
            stations.map((n) => `${n % 3}/${n}`),
          ),
        ).not.toContain(true);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.nat(500), { maxLength: 300 }), (stations) => {
        const rule = new StopRule();
        rule.handled('another', 'good/1');
        expect(
          failing(
            rule,
            stations.map((n) => `bad/${n}`),
          ),
        ).not.toContain(true);
      }),
    );
  });

  it('never stops while most stations are served, though dozens of two tenants fail', () => {
    const rule = new StopRule();
    for (const n of range(200)) rule.handled('h', `good/${n}`);
    expect(
      failing(
        rule,
        range(100).map((n) => `${n % 2}/${n}`),
      ),
    ).not.toContain(true);
  });

  it('judges a handler by what it handles itself: an end that fails everywhere is seen among thousands of readings', () => {
    const rule = new StopRule();
    for (const n of range(800)) rule.handled('readings', `${n % 2}/${n}`);
    expect(
      failing(
        rule,
        range(MIN_FAILING_KEYS).map((n) => `${n % 2}/${n}`),
      ).at(-1),
    ).toBe(true);
  });

  it('stops for one tenant where there is no other, when nearly all of its stations fail', () => {
    expect(
      failing(
        new StopRule(),
        range(MIN_FAILING_KEYS).map((n) => `only/${n}`),
      ).at(-1),
    ).toBe(true);
    const half = new StopRule();
    for (const n of range(40)) half.handled('h', `only/good-${n}`);
    expect(
      failing(
        half,
        range(80).map((n) => `only/${n}`),
      ),
    ).not.toContain(true);
  });

  it('counts a station by its last outcome, and not at all once it is in quarantine', () => {
    const rule = new StopRule();
    const keys = range(MIN_FAILING_KEYS - 1).map((n) => `${n % 2}/${n}`);
    failing(rule, keys);
    rule.handled('h', '0/0');
    expect(rule.countDefect('h', '0/late')).toBe(false);
    rule.forget('0/2');
    expect(rule.countDefect('h', '1/later')).toBe(false);
    expect(rule.countDefect('h', '1/last')).toBe(true);
  });

  it('remembers a bounded number of stations', () => {
    const rule = new StopRule();
    for (const n of range(3 * MAX_OUTCOMES)) rule.handled('h', `good/${n}`);
    const needed =
      failing(
        rule,
        range(MAX_OUTCOMES).map((n) => `${n % 2}/${n}`),
      ).indexOf(true) + 1;
    expect(needed).toBe(MAX_OUTCOMES / 2 + 1);
  });

  it('stops twice as long when it follows soon, and shortly again after a time that went well', () => {
    let last: { lengthMs: number; sinceMs: number } | null = null;
    const lengths = range(12).map(() => (last = { lengthMs: nextStopMs(last), sinceMs: 1 }).lengthMs);
    expect(lengths.slice(0, 4)).toEqual([1, 2, 4, 8].map((n) => n * FIRST_STOP_MS));
    expect(lengths.at(-1)).toBe(LAST_STOP_MS);
    expect(nextStopMs({ lengthMs: 60_000, sinceMs: 60_001 })).toBe(FIRST_STOP_MS);
  });
});
