import type { BusRecord } from '../port';

/** Attempts for a record of a key that gives no trouble; only what may be a passing defect uses more than one. */
export const DEFECT_ATTEMPTS = 3;
/** From so many dead letters within the window, records of the key get one attempt, apart from those of other keys. */
export const WATCH_AFTER = 3;
/** From so many within the window, its records go to the dead letters without an attempt. */
export const QUARANTINE_AFTER = 20;
/** Slower trouble than `QUARANTINE_AFTER` in so long costs the others nothing, and is worth an attempt for each record. */
export const WINDOW_MS = 60_000;
/** A quarantine lasts so long; one that follows soon lasts twice as long as the one before, up to the last. */
export const FIRST_QUARANTINE_MS = 60_000;
export const LAST_QUARANTINE_MS = 3_600_000;
/** Keys in trouble that are remembered; beyond, the one whose trouble is longest ago is forgotten, and simply tried again. */
export const MAX_KEYS_IN_TROUBLE = 10_000;

interface Trouble {
  /** When its dead letters within the window were published. */
  deadAt: number[];
  /** Its quarantine ends here; in the past when it is in none. */
  until: number;
  lengthMs: number;
}

type Timed = Pick<BusRecord, 'key' | 'timestamp'>;

/**
 * Keeps the cost of one key's failing records from the other keys: three attempts, then one, then none for a while. Time is
 * that of the records, given by the bus: a backlog that is read in a second is judged as it would have been when it came.
 */
export class Quarantine {
  private readonly troubles = new Map<string, Trouble>();

  /** How often the record may be tried: 0 while its key is in quarantine. */
  attempts({ key, timestamp }: Timed): number {
    const trouble = this.troubles.get(key);
    if (trouble === undefined) return DEFECT_ATTEMPTS;
    if (timestamp < trouble.until) return 0;
    return recent(trouble, timestamp).length >= WATCH_AFTER ? 1 : DEFECT_ATTEMPTS;
  }

  /** Counts a dead letter that was tried; returns for how long the key is in quarantine if this was the one too many. */
  countDeadLetter({ key, timestamp }: Timed): number | null {
    const trouble = this.troubles.get(key) ?? { deadAt: [], until: -Infinity, lengthMs: 0 };
    this.remember(key, trouble);
    trouble.deadAt = [...recent(trouble, timestamp), timestamp];
    if (trouble.deadAt.length < QUARANTINE_AFTER) return null;
    const again = timestamp - trouble.until <= Math.max(trouble.lengthMs, WINDOW_MS);
    trouble.lengthMs = again ? Math.min(trouble.lengthMs * 2, LAST_QUARANTINE_MS) : FIRST_QUARANTINE_MS;
    trouble.until = timestamp + trouble.lengthMs;
    trouble.deadAt = [];
    return trouble.lengthMs;
  }

  private remember(key: string, trouble: Trouble): void {
    this.troubles.delete(key);
    this.troubles.set(key, trouble);
    if (this.troubles.size <= MAX_KEYS_IN_TROUBLE) return;
    for (const oldest of this.troubles.keys()) {
      this.troubles.delete(oldest);
      return;
    }
  }
}

function recent({ deadAt }: Trouble, timestamp: number): number[] {
  return deadAt.filter((at) => at > timestamp - WINDOW_MS);
}
