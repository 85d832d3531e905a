import { APART_AFTER_MS, MAX_WAITING_KEYS, PATIENCE_MS, Patience, WITNESS_MS } from './patience';

const STEP_MS = 5_000; // the longest back-off

/** Fails for the key at every step; when its patience is at an end, null if never. */
function waitFor(
  patience: Patience,
  { from = 0, until = 10 * PATIENCE_MS, witnessed }: { from?: number; until?: number; witnessed(at: number): boolean },
) {
  for (let at = from; at <= until; at += STEP_MS) {
    if (witnessed(at)) patience.handled('h', 'other/1', at);
    if (patience.isExhausted('h', 'a/1', at)) return at;
  }
  return null;
}

describe('the patience with a key that waits', () => {
  it('has no end while nobody else is served either', () => {
    expect(waitFor(new Patience(), { witnessed: () => false })).toBeNull();
  });

  it('ends after its time when others are served all the time', () => {
    expect(waitFor(new Patience(), { witnessed: () => true })).toBe(PATIENCE_MS);
  });

  it('begins when the dependency is back, not when it went', () => {
    const back = 5 * PATIENCE_MS;
    expect(waitFor(new Patience(), { witnessed: (at) => at >= back })).toBe(back - STEP_MS + PATIENCE_MS);
  });

  it('begins anew after a time without witnesses', () => {
    const gap = (at: number) => at > PATIENCE_MS / 2 && at <= PATIENCE_MS / 2 + 2 * WITNESS_MS;
    expect(waitFor(new Patience(), { witnessed: (at) => !gap(at) })).toBeGreaterThan(PATIENCE_MS + PATIENCE_MS / 2);
  });

  it('is short for the records behind one that was given up, until one of them is handled', () => {
    const patience = new Patience();
    expect(waitFor(patience, { witnessed: () => true })).toBe(PATIENCE_MS);
    const next = PATIENCE_MS + STEP_MS;
    expect(waitFor(patience, { from: next, witnessed: () => true })).toBe(next);
    patience.handled('h', 'a/1', next + 1);
    expect(waitFor(patience, { from: next + STEP_MS, witnessed: () => true })).toBe(next + STEP_MS + PATIENCE_MS);
  });

  it('has the key tried by itself before it ends', () => {
    const patience = new Patience();
    for (let at = 0; at < APART_AFTER_MS; at += STEP_MS) {
      patience.handled('h', 'other/1', at);
      expect(patience.isSuspect('a/1', at)).toBe(false);
      expect(patience.isExhausted('h', 'a/1', at)).toBe(false);
    }
    expect(patience.isSuspect('a/1', APART_AFTER_MS)).toBe(true);
    expect(patience.isSuspect('other/1', APART_AFTER_MS)).toBe(false);
  });

  it('asks for witnesses of the same handler', () => {
    const patience = new Patience();
    for (let at = 0; at <= 3 * PATIENCE_MS; at += STEP_MS) {
      patience.handled('another', 'other/1', at);
      expect(patience.isExhausted('h', 'a/1', at)).toBe(false);
    }
  });

  it('remembers a bounded number of keys', () => {
    const patience = new Patience();
    patience.handled('h', 'other/1', 0);
    patience.isExhausted('h', 'a/1', 0);
    for (let n = 0; n < MAX_WAITING_KEYS; n++) patience.isExhausted('h', `b/${n}`, 0);
    patience.handled('h', 'other/1', PATIENCE_MS);
    expect(patience.isExhausted('h', 'a/1', PATIENCE_MS)).toBe(false);
  });
});
