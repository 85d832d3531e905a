import { stationKey, type StationRef } from '@voltbus/contracts';
import { LRUCache } from 'lru-cache';
import { ADDRESS_REFUSALS, MAX_ADDRESSES, MAX_STATIONS_SEEN, STATION_ATTEMPTS } from './limits';
import { TokenBucket, type Rate } from './token-bucket';

/**
 * Who came too often, and is not looked at now. Never an identity by itself, which anybody could lock by guessing at it: only what one address tries in
 * its name (that bounds guesses, and two units that take one identity from each other), and what one address tries in any name. An address may be a
 * whole network behind its router: a station that was let in from there is not kept out for what its neighbours do.
 */
export class DoorGuard {
  private readonly attempts = new LRUCache<string, TokenBucket>({ max: MAX_STATIONS_SEEN });
  private readonly refusals = new LRUCache<string, TokenBucket>({ max: MAX_ADDRESSES });
  private readonly welcome = new LRUCache<string, true>({ max: MAX_STATIONS_SEEN });

  /** Counts the attempt. `now`: milliseconds, never going back. */
  admits(address: string, ref: StationRef | null, now: number): boolean {
    const source = sourceOf(address);
    if (ref !== null && !bucketOf(this.attempts, pairOf(source, ref), STATION_ATTEMPTS, now).take(now)) return false;
    if (ref !== null && this.welcome.has(pairOf(source, ref))) return true;
    return this.refusals.get(source)?.has(now) ?? true;
  }

  refused(address: string, now: number): void {
    bucketOf(this.refusals, sourceOf(address), ADDRESS_REFUSALS, now).take(now);
  }

  /** It has proved who it is. */
  welcomed(address: string, ref: StationRef): void {
    this.welcome.set(pairOf(sourceOf(address), ref), true);
  }
}

/** Whoever has one IPv6 address has 2^64 of them. */
export function sourceOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const rest = tail?.split(':').filter((group) => group !== '') ?? [];
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => '0');
  return `${[...groups, ...zeros, ...rest].slice(0, 4).join(':')}::/64`;
}

function pairOf(source: string, ref: StationRef): string {
  return `${source} ${stationKey(ref)}`;
}

function bucketOf(buckets: LRUCache<string, TokenBucket>, key: string, rate: Rate, now: number): TokenBucket {
  let bucket = buckets.get(key);
  if (bucket === undefined) buckets.set(key, (bucket = new TokenBucket(rate, now)));
  return bucket;
}
