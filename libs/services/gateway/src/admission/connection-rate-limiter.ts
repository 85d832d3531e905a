import { stationKey, type StationRef } from '@voltbus/contracts';
import { LRUCache } from 'lru-cache';
import { networkOfAddress, sourceOfAddress } from '../transport';
import {
  ADDRESS_REFUSALS,
  MAX_ADDRESSES,
  MAX_STATIONS_SEEN,
  NETWORK_REFUSALS,
  AUTHENTICATED_ATTEMPTS,
  REMEMBER_ATTEMPTS_MS,
  SECOND_ATTEMPTS,
  STATION_ATTEMPTS,
} from '../limits';
import { TokenBucket, type Rate } from './token-bucket';

/**
 * Limits how often connections are tried, per station, address and network. A station with the right password is let in whatever others do in its name,
 * from its address or from its network; one address may be a whole depot behind its router. All times are monotonic milliseconds.
 */
export class ConnectionRateLimiter {
  private readonly attempts = new Buckets(MAX_STATIONS_SEEN, STATION_ATTEMPTS);
  private readonly authenticated = new Buckets(MAX_STATIONS_SEEN, AUTHENTICATED_ATTEMPTS);
  private readonly refusals = new Buckets(MAX_ADDRESSES, ADDRESS_REFUSALS);
  private readonly refusalsOfNetwork = new Buckets(MAX_ADDRESSES, NETWORK_REFUSALS);
  private readonly secondAttempts = new Buckets(MAX_ADDRESSES, SECOND_ATTEMPTS);
  private readonly admitted = new LRUCache<string, true>({ max: MAX_STATIONS_SEEN });
  private readonly limited = new LRUCache<string, number>({ max: MAX_STATIONS_SEEN });
  private readonly unproven = new LRUCache<string, number>({ max: MAX_STATIONS_SEEN });

  /** Counts a connection of a station that proved its password. Returns false when there are too many; so do the two methods below. */
  takeAuthenticated(address: string, ref: StationRef, now: number): boolean {
    const pair = pairOf(address, ref);
    this.admitted.set(pair, true);
    return this.authenticated.take(pair, now);
  }

  /** Counts a connection of a known station that needs no password. */
  takeUnauthenticated(address: string, ref: StationRef, now: number): boolean {
    const pair = pairOf(address, ref);
    this.admitted.set(pair, true);
    return this.attempts.take(pair, now);
  }

  /** Counts an attempt that has proved nothing so far, and for which device-config would be asked for the profile. */
  takeProfileRequest(address: string, ref: StationRef, now: number): boolean {
    const pair = pairOf(address, ref);
    if (!this.attempts.take(pair, now)) return false;
    if (this.admitted.has(pair) || this.allowsRefusal(address, now)) return true;
    const again = isSince(this.limited.get(pair), now - REMEMBER_ATTEMPTS_MS.limited);
    const known = isSince(this.unproven.get(pair), now - REMEMBER_ATTEMPTS_MS.unproven);
    if (again && !known && this.secondAttempts.take(sourceOfAddress(address), now)) return true;
    this.limited.set(pair, now);
    return false;
  }

  /** Whether an address may get another refusal with its reason. */
  allowsRefusal(address: string, now: number): boolean {
    return this.refusals.has(sourceOfAddress(address), now) && this.refusalsOfNetwork.has(networkOfAddress(address), now);
  }

  countRefusal(address: string, ref: StationRef | null, now: number): void {
    this.refusals.take(sourceOfAddress(address), now);
    this.refusalsOfNetwork.take(networkOfAddress(address), now);
    if (ref !== null) this.unproven.set(pairOf(address, ref), now);
  }
}

/** One token bucket for each key; the least recently used is forgotten. */
class Buckets {
  private readonly buckets;

  constructor(
    max: number,
    private readonly rate: Rate,
  ) {
    this.buckets = new LRUCache<string, TokenBucket>({ max });
  }

  take(key: string, now: number): boolean {
    let bucket = this.buckets.get(key);
    if (bucket === undefined) this.buckets.set(key, (bucket = new TokenBucket(this.rate, now)));
    return bucket.take(now);
  }

  has(key: string, now: number): boolean {
    return this.buckets.get(key)?.has(now) ?? true;
  }
}

function pairOf(address: string, ref: StationRef): string {
  return `${sourceOfAddress(address)} ${stationKey(ref)}`;
}

function isSince(at: number | undefined, since: number): boolean {
  return at !== undefined && at >= since;
}
