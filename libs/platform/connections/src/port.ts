import type { Protocol, StationProfile, StationRef } from '@voltbus/contracts';

/** Who holds a station's connection. */
export interface Owner {
  /** Gateway instance (process). */
  inst: string;
  /** The instance's downlink bucket. */
  bucket: number;
  /** Fencing epoch, microseconds, strictly growing per station. */
  epoch: number;
  protocol: Protocol;
  /** Epoch milliseconds of the last frame from the station, as of the last assert. */
  lastSeenAt: number;
}

/** A gateway process as others see it. */
export interface Lease {
  inst: string;
  bucket: number;
}

/** A connection held here, asserted to the registry. */
export interface HeldConnection {
  ref: StationRef;
  owner: Owner;
}

/** `refreshed`: ours and known; `restored`: the registry had lost it; `lost`: a newer epoch exists, close the socket. */
export type AssertVerdict = 'refreshed' | 'restored' | 'lost';

/**
 * Which gateway holds a station, and what an upgrade needs to know of it. A cache of truth held elsewhere: it may be
 * flushed at any moment and rebuilds itself from asserts. Every call rejects with `ConnectionsUnavailable` within 1 s when the registry is away.
 * Adapters: `MemoryConnections`, `RedisConnections`; both pass `connectionsContract`.
 */
export interface Connections {
  /** Compare-free take-over: the newest authenticated connection wins. One round trip. The previous owner (null if none, or a tombstone) is to be evicted. */
  acquire(ref: StationRef, by: Omit<Owner, 'epoch'>): Promise<{ epoch: number; previous: Owner | null }>;
  /**
   * Refreshes all of them, pipelined per node; verdicts in the order given. An instance asserts only its newest connection of a station: a newer epoch under
   * its own name comes from an acquire whose answer it did not hear, and gives way.
   */
  assert(held: readonly HeldConnection[]): Promise<AssertVerdict[]>;
  /** Ends it if the epoch is still ours (true), leaving a tombstone so that epochs stay monotonic. */
  release(ref: StationRef, epoch: number): Promise<boolean>;
  find(ref: StationRef): Promise<Owner | null>;
  findMany(refs: readonly StationRef[]): Promise<(Owner | null)[]>;

  /** Takes the bucket that the fewest live leases name (or `prefer`, if given) and starts the lease (15 s). */
  takeBucket(inst: string, buckets: number, prefer?: number): Promise<Lease>;
  /**
   * Every 5 s. Restores the lease if the registry lost it, and resolves with false then: the owners may be lost too.
   */
  renewLease(lease: Lease): Promise<boolean>;
  endLease(inst: string): Promise<void>;
  /** Live gateways. */
  leases(): Promise<Lease[]>;

  profile(ref: StationRef): Promise<StationProfile | null>;
  putProfile(profile: StationProfile): Promise<void>;
  dropProfile(ref: StationRef): Promise<void>;

  /** True while the registry answers. */
  readonly available: boolean;
  /** Called with the new value whenever `available` changes; asserts everything at once when it comes back. */
  onAvailability(listener: (available: boolean) => void): void;
  close(): Promise<void>;
}

/** How long an owner entry lives without an assert, milliseconds. */
export const OWNER_TTL_MS = 600_000;
/** How long a gateway's lease lives without a renewal, milliseconds. */
export const LEASE_TTL_MS = 15_000;

/** How long a profile is kept, milliseconds: how long a change stays unseen when its `dropProfile` was lost. */
export const PROFILE_TTL_MS = 3_600_000;

/** The registry did not answer within its time. */
export class ConnectionsUnavailable extends Error {
  override name = 'ConnectionsUnavailable';
}
