import { stationKey, type StationRef } from '@voltbus/contracts';
import { LRUCache } from 'lru-cache';
import { networkOf, sourceOf } from './addresses';
import {
  ADDRESS_REFUSALS,
  MAX_ADDRESSES,
  MAX_STATIONS_SEEN,
  NETWORK_REFUSALS,
  PROVEN_ATTEMPTS,
  REMEMBER_TRIES_MS,
  SECOND_TRIES,
  STATION_ATTEMPTS,
} from './limits';
import { TokenBucket, type Rate } from './token-bucket';

/**
 * Who came too often, and is not looked at now. Asked only of those who have not proved who they are: whatever others do in a station's name, from its
 * address or its network, the station with the right password is let in. An address may be a whole depot behind its router. All times are
 * milliseconds that never go back.
 */
export class DoorGuard {
  private readonly attempts = new Buckets(MAX_STATIONS_SEEN, STATION_ATTEMPTS);
  private readonly proven = new Buckets(MAX_STATIONS_SEEN, PROVEN_ATTEMPTS);
  private readonly refusals = new Buckets(MAX_ADDRESSES, ADDRESS_REFUSALS);
  private readonly refusalsOfNetwork = new Buckets(MAX_ADDRESSES, NETWORK_REFUSALS);
  private readonly secondTries = new Buckets(MAX_ADDRESSES, SECOND_TRIES);
  private readonly welcome = new LRUCache<string, true>({ max: MAX_STATIONS_SEEN });
  private readonly turnedAway = new LRUCache<string, number>({ max: MAX_STATIONS_SEEN });
  private readonly unproven = new LRUCache<string, number>({ max: MAX_STATIONS_SEEN });

  /** Counts a connection of a station that has proved who it is. */
  admitsProven(address: string, ref: StationRef, now: number): boolean {
    const pair = pairOf(address, ref);
    this.welcome.set(pair, true);
    return this.proven.take(pair, now);
  }

  /** Counts a connection of a known station that nothing is demanded of. */
  admitsOpen(address: string, ref: StationRef, now: number): boolean {
    const pair = pairOf(address, ref);
    this.welcome.set(pair, true);
    return this.attempts.take(pair, now);
  }

  /** Counts an attempt that has proved nothing so far: whether it is worth asking who it is. */
  mayAsk(address: string, ref: StationRef, now: number): boolean {
    const pair = pairOf(address, ref);
    if (!this.attempts.take(pair, now)) return false;
    if (this.welcome.has(pair) || this.hasRoom(address, now)) return true;
    const again = isSince(this.turnedAway.get(pair), now - REMEMBER_TRIES_MS.turnedAway);
    const known = isSince(this.unproven.get(pair), now - REMEMBER_TRIES_MS.unproven);
    if (again && !known && this.secondTries.take(sourceOf(address), now)) return true;
    this.turnedAway.set(pair, now);
    return false;
  }

  /** Whether who comes from there may be told what is wrong. */
  hasRoom(address: string, now: number): boolean {
    return this.refusals.has(sourceOf(address), now) && this.refusalsOfNetwork.has(networkOf(address), now);
  }

  refused(address: string, ref: StationRef | null, now: number): void {
    this.refusals.take(sourceOf(address), now);
    this.refusalsOfNetwork.take(networkOf(address), now);
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
  return `${sourceOf(address)} ${stationKey(ref)}`;
}

function isSince(at: number | undefined, since: number): boolean {
  return at !== undefined && at >= since;
}
