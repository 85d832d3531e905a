import { stationKey, type StationRef } from '@voltbus/contracts';
import { LRUCache } from 'lru-cache';
import { networkOfAddress, sourceOfAddress } from './addresses';
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
 * Who came too often, and is not looked at now. Asked only of those who have not proved who they are: whatever others do in a station's name, from its
 * address or its network, the station with the right password is let in. An address may be a whole depot behind its router. All times are
 * milliseconds that never go back.
 */
export class ConnectionRateLimiter {
  private readonly attempts = new Buckets(MAX_STATIONS_SEEN, STATION_ATTEMPTS);
  private readonly proven = new Buckets(MAX_STATIONS_SEEN, AUTHENTICATED_ATTEMPTS);
  private readonly refusals = new Buckets(MAX_ADDRESSES, ADDRESS_REFUSALS);
  private readonly refusalsOfNetwork = new Buckets(MAX_ADDRESSES, NETWORK_REFUSALS);
  private readonly secondTries = new Buckets(MAX_ADDRESSES, SECOND_ATTEMPTS);
  private readonly welcome = new LRUCache<string, true>({ max: MAX_STATIONS_SEEN });
  private readonly turnedAway = new LRUCache<string, number>({ max: MAX_STATIONS_SEEN });
  private readonly unproven = new LRUCache<string, number>({ max: MAX_STATIONS_SEEN });

  /** Counts a connection of a station that has proved who it is. */
  takeAuthenticated(address: string, ref: StationRef, now: number): boolean {
    const pair = pairOf(address, ref);
    this.welcome.set(pair, true);
    return this.proven.take(pair, now);
  }

  /** Counts a connection of a known station that nothing is demanded of. */
  takeUnauthenticated(address: string, ref: StationRef, now: number): boolean {
    const pair = pairOf(address, ref);
    this.welcome.set(pair, true);
    return this.attempts.take(pair, now);
  }

  /** Counts an attempt that has proved nothing so far: whether it is worth asking who it is. */
  takeProfileRequest(address: string, ref: StationRef, now: number): boolean {
    const pair = pairOf(address, ref);
    if (!this.attempts.take(pair, now)) return false;
    if (this.welcome.has(pair) || this.allowsRefusal(address, now)) return true;
    const again = isSince(this.turnedAway.get(pair), now - REMEMBER_ATTEMPTS_MS.turnedAway);
    const known = isSince(this.unproven.get(pair), now - REMEMBER_ATTEMPTS_MS.unproven);
    if (again && !known && this.secondTries.take(sourceOfAddress(address), now)) return true;
    this.turnedAway.set(pair, now);
    return false;
  }

  /** Whether who comes from there may be told what is wrong. */
  allowsRefusal(address: string, now: number): boolean {
    return this.refusals.has(sourceOfAddress(address), now) && this.refusalsOfNetwork.has(networkOfAddress(address), now);
  }

  countRefusal(address: string, ref: StationRef | null, now: number): void {
    this.refusals.take(sourceOfAddress(address), now);
    this.refusalsOfNetwork.take(networkOfAddress(address), now);
    if (ref !== null) this.unproven.set(pairOf(address, ref), now);
  }
}

/** One bucket for each key; the least recently used is forgotten. */
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
