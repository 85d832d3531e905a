import {
  DEFECT_ATTEMPTS,
  FIRST_QUARANTINE_MS,
  LAST_QUARANTINE_MS,
  MAX_KEYS_IN_TROUBLE,
  QUARANTINE_AFTER,
  Quarantine,
  WATCH_AFTER,
  WINDOW_MS,
} from './quarantine';

const at = (timestamp: number, key = 'a/1') => ({ key, timestamp });

/** So many dead letters in the same instant; what the last one led to. */
function die(quarantine: Quarantine, count: number, timestamp: number, key?: string): number | null {
  let last: number | null = null;
  for (let n = 0; n < count; n++) last = quarantine.countDeadLetter(at(timestamp, key));
  return last;
}

describe('the quarantine of a key', () => {
  it('gives three attempts, then one, then none, to that key alone', () => {
    const quarantine = new Quarantine();
    expect(quarantine.attempts(at(0))).toBe(DEFECT_ATTEMPTS);
    die(quarantine, WATCH_AFTER - 1, 0);
    expect(quarantine.attempts(at(0))).toBe(DEFECT_ATTEMPTS);
    die(quarantine, 1, 0);
    expect(quarantine.attempts(at(0))).toBe(1);
    expect(die(quarantine, QUARANTINE_AFTER - WATCH_AFTER, 0)).toBe(FIRST_QUARANTINE_MS);
    expect(quarantine.attempts(at(0))).toBe(0);
    expect(quarantine.attempts(at(0, 'a/2'))).toBe(DEFECT_ATTEMPTS);
  });

  it('ends by itself, and is twice as long when the trouble goes on, up to an hour', () => {
    const quarantine = new Quarantine();
    let now = 0;
    const lengths: (number | null)[] = [];
    for (let n = 0; n < 9; n++) {
      lengths.push(die(quarantine, QUARANTINE_AFTER, now));
      const length = lengths.at(-1) ?? 0;
      expect(quarantine.attempts(at(now + length - 1))).toBe(0);
      now += length;
      expect(quarantine.attempts(at(now))).toBe(DEFECT_ATTEMPTS);
    }
    expect(lengths).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((minutes) => minutes * 60_000));
    expect(lengths.at(-1)).toBe(LAST_QUARANTINE_MS);
  });

  it('begins anew with the first length after a time of peace', () => {
    const quarantine = new Quarantine();
    die(quarantine, QUARANTINE_AFTER, 0);
    die(quarantine, QUARANTINE_AFTER, FIRST_QUARANTINE_MS);
    expect(die(quarantine, QUARANTINE_AFTER, 20 * FIRST_QUARANTINE_MS)).toBe(FIRST_QUARANTINE_MS);
  });

  it('never takes a key whose trouble is slow, however long it lasts and however fast a backlog of it is read', () => {
    const quarantine = new Quarantine();
    for (let n = 0; n < 5_000; n++) expect(quarantine.countDeadLetter(at(n * Math.ceil(WINDOW_MS / (QUARANTINE_AFTER - 1))))).toBeNull();
  });

  it('remembers a bounded number of keys: the one forgotten is simply tried', () => {
    const quarantine = new Quarantine();
    die(quarantine, QUARANTINE_AFTER, 0, 'first/1');
    for (let n = 0; n < MAX_KEYS_IN_TROUBLE; n++) quarantine.countDeadLetter(at(0, `a/${n}`));
    expect(quarantine.attempts(at(0, 'first/1'))).toBe(DEFECT_ATTEMPTS);
  });
});
