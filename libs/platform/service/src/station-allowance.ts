import { stationKey, type StationRef } from '@voltbus/contracts';

/**
 * Messages of a station that are kept though no rule acts on them: a full report of a large station at once, and one in some seconds for ever. Each
 * further unit of a message's length counts as one more: 78 MiB at once, 312 MiB a day.
 */
export const UNHANDLED_MESSAGES_ALLOWANCE = { burst: 5_000, perDay: 20_000, unitBytes: 16_384 };
/**
 * Readings of a station that are kept: months of a small one's that was offline at once, and every 6 s of 128 EVSEs for ever. What is signed, or has no
 * column, counts by the kilobyte: 2 GB a day, where frames of a megabyte would be two thousand times as much.
 */
export const READINGS_ALLOWANCE = { burst: 2_000_000, perDay: 2_000_000, unitBytes: 1_024 };
/** Stations whose use is remembered; the station with the oldest message is forgotten, and begins anew. */
export const MAX_STATIONS_COUNTED = 50_000;
const DAY_MS = 86_400_000;

interface AllowanceParts {
  burst: number;
  perDay: number;
  /** A thing counts once more for each further such number of bytes; without it, sizes do not count. */
  unitBytes?: number;
  /** Called with the number of a station's things that were beyond its allowance. */
  beyond(ref: StationRef, count: number): void;
  now?: () => number;
}

/**
 * Bounds what is stored of each station: a burst, and an amount per day. One process counts, since it gets all messages
 * of a station.
 */
export class StationAllowance {
  private readonly used = new Map<string, { left: number; at: number }>();

  constructor(private readonly parts: AllowanceParts) {}

  /** Those that are within it, in their order. One larger than what is left is still kept; those behind it wait until that is made up for. */
  within<T extends { ref: StationRef }>(things: readonly T[], bytesOf: (thing: T) => number = () => 0): T[] {
    const { unitBytes = Infinity } = this.parts;
    const beyond = new Map<string, { ref: StationRef; count: number }>();
    const kept = things.filter((thing) => {
      const { ref } = thing;
      const key = stationKey(ref);
      if (this.take(key, 1 + Math.floor(bytesOf(thing) / unitBytes))) return true;
      beyond.set(key, { ref, count: (beyond.get(key)?.count ?? 0) + 1 });
      return false;
    });
    for (const { ref, count } of beyond.values()) this.parts.beyond(ref, count);
    return kept;
  }

  private take(key: string, units: number): boolean {
    const { burst, perDay, now = () => performance.now() } = this.parts;
    const at = now();
    const before = this.used.get(key) ?? { left: burst, at };
    const left = Math.min(burst, before.left + ((at - before.at) * perDay) / DAY_MS);
    const fits = left >= 1;
    this.used.delete(key); // the map keeps the order of the last messages
    this.used.set(key, { left: fits ? left - units : left, at });
    const [oldest] = this.used.size > MAX_STATIONS_COUNTED ? this.used.keys() : [];
    if (oldest !== undefined) this.used.delete(oldest);
    return fits;
  }
}
