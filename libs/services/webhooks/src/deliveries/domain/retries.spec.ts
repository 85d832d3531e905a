import { JITTER, MAX_RETRY_AFTER_SECONDS, RETRY_DELAYS_SECONDS, RETRY_WINDOW_MS, nextAttemptAt, retryAfterSeconds } from './retries';

const began = Date.parse('2026-05-01T10:00:00.000Z');
const giveUpAt = new Date(began + RETRY_WINDOW_MS);
const after = (seconds: number, tries: number, more: { retryAfterSeconds?: number; random?: number } = {}) => {
  const at = new Date(began + seconds * 1_000);
  const next = nextAttemptAt({ at, tries, giveUpAt, retryAfterSeconds: more.retryAfterSeconds ?? null }, more.random ?? 0.5);
  return next === null ? null : (next.getTime() - at.getTime()) / 1_000;
};

it('waits longer after each attempt, and as the last delay of the table says after those beyond it', () => {
  expect([1, 2, 3].map((tries) => after(0, tries))).toEqual([5, 60, 300]);
  expect([11, 12, 50].map((tries) => after(0, tries))).toEqual([43_200, 43_200, 43_200]);
  expect([...RETRY_DELAYS_SECONDS].sort((a, b) => a - b)).toEqual([...RETRY_DELAYS_SECONDS]);
});

it('spreads deliveries that failed together by a tenth', () => {
  expect([0, 1].map((random) => after(0, 3, { random }))).toEqual([300 * (1 - JITTER), 300 * (1 + JITTER)]);
});

it('makes the last attempt when three days have passed, and none after it', () => {
  const window = RETRY_WINDOW_MS / 1_000;
  expect(after(window - 10, 20)).toBe(10);
  expect(after(window, 20)).toBeNull();
  expect(after(window + 1, 1)).toBeNull();
});

it('waits as long as the receiver asks where that is longer, within its bound and the window', () => {
  expect(after(0, 1, { retryAfterSeconds: 600 })).toBe(600);
  expect(after(0, 3, { retryAfterSeconds: 1 })).toBe(300);
  expect(after(0, 1, { retryAfterSeconds: 1e9 })).toBe(MAX_RETRY_AFTER_SECONDS);
});

it.each([
  ['120', 120],
  [' 0 ', 0],
  ['Fri, 01 May 2026 10:01:00 GMT', 60],
  ['Fri, 01 May 2026 09:00:00 GMT', 0],
  ['-5', null],
  ['soon', null],
  ['', null],
  [undefined, null],
])('reads Retry-After: %s as %s seconds', (header, seconds) => {
  const read = retryAfterSeconds(header, new Date(began));
  // a negative number reads as a year of Date.parse: it asks for nothing
  expect(seconds === null ? (read ?? 0) : read).toBe(seconds ?? 0);
});
