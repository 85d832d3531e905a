import { stationKey, type StationRef } from '@voltbus/contracts';
import { LRUCache } from 'lru-cache';
import { TokenBucket } from '../admission/token-bucket';
import { MAX_STATIONS_SEEN, TAKE_OVERS } from '../limits';

/** Detects that connections of one identity keep taking its place from each other: two units share it, or somebody has its password. */
export class TakeOvers {
  private readonly seen = new LRUCache<string, TokenBucket>({ max: MAX_STATIONS_SEEN });

  /** Counts a take-over. Returns true when there are too many to be chance. `now` is in monotonic milliseconds. */
  countTakeOver(ref: StationRef, now: number): boolean {
    const key = stationKey(ref);
    const bucket = this.seen.get(key) ?? new TokenBucket(TAKE_OVERS, now);
    this.seen.set(key, bucket);
    return !bucket.take(now);
  }
}
