import { LRUCache } from 'lru-cache';
import { stationKey, type StationProfile, type StationRef } from '@voltbus/contracts';
import {
  ConnectionsUnavailable,
  LEASE_TTL_MS,
  OWNER_TTL_MS,
  PROFILE_TTL_MS,
  type AssertVerdict,
  type Connections,
  type HeldConnection,
  type Lease,
  type Owner,
} from '../port';
import { leastNamed } from './least-named';

interface MemoryConnectionsOptions {
  /** Epoch microseconds, for the epochs. May jump: epochs grow all the same. */
  nowUs?: () => number;
  /** Milliseconds, above zero, of a steady clock, by which entries expire. */
  nowMs?: () => number;
  ownerTtlMs?: number;
  leaseTtlMs?: number;
  profileTtlMs?: number;
}

/** An owner, or the tombstone (null) of one that was released. */
interface Entry {
  epoch: number;
  owner: Owner | null;
}

/** The registry of a single process: `standalone` and tests. What it hands out are copies, as if it had come over a wire. */
export class MemoryConnections implements Connections {
  readonly #nowUs: () => number;
  readonly #owners: LRUCache<string, Entry>;
  readonly #leases: LRUCache<string, number>;
  readonly #profiles: LRUCache<string, StationProfile>;
  readonly #listeners: ((available: boolean) => void)[] = [];
  #available = true;

  constructor({ nowUs = steadyClockUs(), nowMs = () => performance.now(), ...ttl }: MemoryConnectionsOptions = {}) {
    this.#nowUs = nowUs;
    this.#owners = expiring(ttl.ownerTtlMs ?? OWNER_TTL_MS, nowMs);
    this.#leases = expiring(ttl.leaseTtlMs ?? LEASE_TTL_MS, nowMs);
    this.#profiles = expiring(ttl.profileTtlMs ?? PROFILE_TTL_MS, nowMs);
  }

  get available(): boolean {
    return this.#available;
  }

  onAvailability(listener: (available: boolean) => void): void {
    this.#listeners.push(listener);
  }

  async acquire(ref: StationRef, by: Omit<Owner, 'epoch'>): Promise<{ epoch: number; previous: Owner | null }> {
    this.#answer();
    const previous = this.#owners.get(stationKey(ref));
    const epoch = Math.max((previous?.epoch ?? 0) + 1, Math.floor(this.#nowUs()));
    this.#owners.set(stationKey(ref), { epoch, owner: { ...by, epoch } });
    return { epoch, previous: copy(previous?.owner) };
  }

  async assert(held: readonly HeldConnection[]): Promise<AssertVerdict[]> {
    this.#answer();
    return held.map(({ ref, owner }) => {
      const entry = this.#owners.get(stationKey(ref));
      const ours = entry?.owner?.inst === owner.inst;
      if (entry && !ours && entry.epoch >= owner.epoch) return 'lost';
      this.#owners.set(stationKey(ref), { epoch: owner.epoch, owner: { ...owner } });
      return entry?.epoch === owner.epoch ? 'refreshed' : 'restored';
    });
  }

  async release(ref: StationRef, epoch: number): Promise<boolean> {
    this.#answer();
    const entry = this.#owners.get(stationKey(ref));
    if (!entry?.owner || entry.epoch !== epoch) return false;
    this.#owners.set(stationKey(ref), { epoch, owner: null });
    return true;
  }

  async find(ref: StationRef): Promise<Owner | null> {
    this.#answer();
    return copy(this.#owners.get(stationKey(ref))?.owner);
  }

  async findMany(refs: readonly StationRef[]): Promise<(Owner | null)[]> {
    this.#answer();
    return refs.map((ref) => copy(this.#owners.get(stationKey(ref))?.owner));
  }

  async takeBucket(inst: string, buckets: number, prefer?: number): Promise<Lease> {
    this.#answer();
    this.#leases.delete(inst);
    const named = [...this.#leases.values()];
    const bucket = prefer ?? leastNamed(named, buckets);
    this.#leases.set(inst, bucket);
    return { inst, bucket };
  }

  async renewLease({ inst, bucket }: Lease): Promise<boolean> {
    this.#answer();
    const known = this.#leases.get(inst) !== undefined;
    this.#leases.set(inst, bucket);
    return known;
  }

  async endLease(inst: string): Promise<void> {
    this.#answer();
    this.#leases.delete(inst);
  }

  async leases(): Promise<Lease[]> {
    this.#answer();
    return [...this.#leases.entries()].map(([inst, bucket]) => ({ inst, bucket }));
  }

  async profile(ref: StationRef): Promise<StationProfile | null> {
    this.#answer();
    return copy(this.#profiles.get(stationKey(ref)));
  }

  async putProfile(profile: StationProfile): Promise<void> {
    this.#answer();
    this.#profiles.set(stationKey(profile), structuredClone(profile));
  }

  async dropProfile(ref: StationRef): Promise<void> {
    this.#answer();
    this.#profiles.delete(stationKey(ref));
  }

  /** Forgets everything, as a registry may at any moment. */
  flush(): void {
    for (const cache of [this.#owners, this.#leases, this.#profiles]) cache.clear();
  }

  /** Goes away, or comes back. */
  setAvailable(available: boolean): void {
    if (available === this.#available) return;
    this.#available = available;
    for (const listener of this.#listeners) listener(available);
  }

  async close(): Promise<void> {
    this.#available = false;
  }

  #answer(): void {
    if (!this.#available) throw new ConnectionsUnavailable('the registry is away');
  }
}

/** A map whose entries vanish `ttlMs` after they were last set; nothing else ever evicts them. */
function expiring<T extends object | number>(ttlMs: number, nowMs: () => number): LRUCache<string, T> {
  return new LRUCache({ ttl: ttlMs, ttlAutopurge: true, ttlResolution: 0, perf: { now: nowMs } });
}

/** The wall clock as it stood now, and steady from here on: an epoch is not lower because the host's clock was set back. */
function steadyClockUs(): () => number {
  const startUs = (Date.now() + 1 - performance.now()) * 1_000;
  return () => startUs + performance.now() * 1_000;
}

function copy<T>(value: T | null | undefined): T | null {
  return value === undefined || value === null ? null : structuredClone(value);
}
