import { stationKey, type StationRef } from '@voltbus/contracts';
import { LRUCache } from 'lru-cache';
import { MAX_STATIONS_SEEN, TAKE_OVERS } from '../limits';
import { TokenBucket } from '../admission/token-bucket';

/** Sees when connections of one identity keep taking its place from each other: two units that share it, or somebody who has its password. */
export class TakeOvers {
  private readonly seen = new LRUCache<string, TokenBucket>({ max: MAX_STATIONS_SEEN });

  /** One more. True: too many to be chance. `now`: milliseconds, never going back. */
  flapping(ref: StationRef, now: number): boolean {
    const key = stationKey(ref);
    const bucket = this.seen.get(key) ?? new TokenBucket(TAKE_OVERS, now);
    this.seen.set(key, bucket);
    return !bucket.take(now);
  }
}
