import { stationKey, type Protocol, type StationProfile, type StationRef } from '@voltbus/contracts';
import {
  LEASE_TTL_MS,
  OWNER_TTL_MS,
  PROFILE_TTL_MS,
  type AssertVerdict,
  type Connections,
  type HeldConnection,
  type Lease,
  type Owner,
} from '../port';
import { connectRedis, type RedisTls } from './redis-client';
import type { Logger, Metrics } from '@voltbus/telemetry';
import { RedisLink } from './redis-link';
import { parseRedisUrl } from './redis-url';

export interface RedisConnectionsOptions {
  /** See `parseRedisUrl`: one node, or several of a cluster. */
  url: string;
  /** Certificates for a `rediss` URL. Default: the server's certificate must come from a public CA. */
  tls?: RedisTls | undefined;
  logger: Logger;
  metrics: Metrics;
  /** Shown by CLIENT LIST. */
  connectionName?: string;
  ownerTtlMs?: number;
  leaseTtlMs?: number;
  profileTtlMs?: number;
}

/** All live gateways in one hash: read and written as a whole, by a script, in one slot. A few hundred entries at most. */
const LEASES_KEY = 'csms:gw';
/** Calls in flight at once in a bulk operation: bounds the memory of both ends and how long other clients wait. */
const BULK = 500;
const VERDICTS: ReadonlySet<string> = new Set<AssertVerdict>(['refreshed', 'restored', 'lost']);

const ownerKey = (ref: StationRef) => `csms:c:{${stationKey(ref)}}`;
const profileKey = (ref: StationRef) => `csms:s:{${stationKey(ref)}}`;

/** The registry of a cluster, on Redis 6 or later, single or Cluster. Nothing in it needs to be persisted. */
export class RedisConnections implements Connections {
  readonly #link: RedisLink;
  readonly #ownerTtlMs: number;
  readonly #leaseTtlMs: number;
  readonly #profileTtlMs: number;

  constructor({ url, tls, logger, metrics, connectionName = 'voltbus', ...ttl }: RedisConnectionsOptions) {
    this.#link = new RedisLink(connectRedis(parseRedisUrl(url), connectionName, tls), logger, metrics);
    this.#ownerTtlMs = ttl.ownerTtlMs ?? OWNER_TTL_MS;
    this.#leaseTtlMs = ttl.leaseTtlMs ?? LEASE_TTL_MS;
    this.#profileTtlMs = ttl.profileTtlMs ?? PROFILE_TTL_MS;
  }

  get available(): boolean {
    return this.#link.available;
  }

  onAvailability(listener: (available: boolean) => void): void {
    this.#link.onAvailability(listener);
  }

  async acquire(ref: StationRef, by: Omit<Owner, 'epoch'>): Promise<{ epoch: number; previous: Owner | null }> {
    const [epoch, ...previous] = await this.#link.run('acquire', (redis) =>
      redis.csmsAcquire(ownerKey(ref), by.inst, by.bucket, by.protocol, by.lastSeenAt, this.#ownerTtlMs),
    );
    return { epoch: Number(epoch), previous: readOwner(previous) };
  }

  async assert(held: readonly HeldConnection[]): Promise<AssertVerdict[]> {
    return inBulk(held, async ({ ref, owner: { inst, bucket, protocol, lastSeenAt, epoch } }) => {
      const verdict = await this.#link.run('assert', (redis) =>
        redis.csmsAssert(ownerKey(ref), inst, bucket, protocol, lastSeenAt, this.#ownerTtlMs, epoch),
      );
      if (!VERDICTS.has(verdict)) throw new Error(`not a verdict: ${verdict}`);
      return verdict as AssertVerdict; // checked above
    });
  }

  async release(ref: StationRef, epoch: number): Promise<boolean> {
    return (await this.#link.run('release', (redis) => redis.csmsRelease(ownerKey(ref), epoch, this.#ownerTtlMs))) === 1;
  }

  async find(ref: StationRef): Promise<Owner | null> {
    return readOwner(await this.#link.run('find', (redis) => redis.hmget(ownerKey(ref), ...OWNER_FIELDS)));
  }

  async findMany(refs: readonly StationRef[]): Promise<(Owner | null)[]> {
    const owners: (Owner | null)[] = [];
    for (let from = 0; from < refs.length; from += BULK) {
      const bulk = refs.slice(from, from + BULK);
      // one deadline and one measurement for all: of a whole fleet they cost more than the reads
      const found = await this.#link.run('find_many', (redis) =>
        Promise.all(bulk.map((ref) => redis.hmget(ownerKey(ref), ...OWNER_FIELDS))),
      );
      owners.push(...found.map(readOwner));
    }
    return owners;
  }

  async takeBucket(inst: string, buckets: number, prefer?: number): Promise<Lease> {
    const bucket = await this.#link.run('take_bucket', (redis) =>
      redis.csmsTakeBucket(LEASES_KEY, inst, buckets, this.#leaseTtlMs, prefer ?? ''),
    );
    return { inst, bucket: Number(bucket) };
  }

  async renewLease({ inst, bucket }: Lease): Promise<boolean> {
    const known = await this.#link.run('renew_lease', (redis) => redis.csmsRenewLease(LEASES_KEY, inst, bucket, this.#leaseTtlMs));
    return known === 1;
  }

  async endLease(inst: string): Promise<void> {
    await this.#link.run('end_lease', (redis) => redis.hdel(LEASES_KEY, inst));
  }

  async leases(): Promise<Lease[]> {
    const flat = await this.#link.run('leases', (redis) => redis.csmsLeases(LEASES_KEY, this.#leaseTtlMs));
    return Array.from({ length: flat.length / 2 }, (_, i) => ({ inst: flat[2 * i] ?? '', bucket: Number(flat[2 * i + 1]) }));
  }

  async profile(ref: StationRef): Promise<StationProfile | null> {
    return readProfile(await this.#link.run('profile', (redis) => redis.get(profileKey(ref))));
  }

  async putProfile(profile: StationProfile): Promise<void> {
    await this.#link.run('put_profile', (redis) => redis.set(profileKey(profile), JSON.stringify(profile), 'PX', this.#profileTtlMs));
  }

  async dropProfile(ref: StationRef): Promise<void> {
    await this.#link.run('drop_profile', (redis) => redis.del(profileKey(ref)));
  }

  async close(): Promise<void> {
    await this.#link.close();
  }
}

async function inBulk<T, R>(items: readonly T[], call: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += BULK) {
    results.push(...(await Promise.all(items.slice(i, i + BULK).map((item) => call(item)))));
  }
  return results;
}

/** What `readOwner` reads. */
const OWNER_FIELDS = ['inst', 'bucket', 'epoch', 'protocol', 'seen'] as const;

/** Null for no entry and for a tombstone, which has no instance. */
function readOwner([inst, bucket, epoch, protocol, seen]: readonly (string | null | undefined)[]): Owner | null {
  if (!inst) return null;
  // Only our own scripts write here, from a `Protocol`.
  return { inst, bucket: Number(bucket), epoch: Number(epoch), protocol: protocol as Protocol, lastSeenAt: Number(seen) };
}

/** What another release wrote and this one does not understand is a miss: device-config is asked again. */
function readProfile(text: string | null): StationProfile | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isProfile(value) ? value : null;
  } catch {
    return null;
  }
}

function isProfile(value: unknown): value is StationProfile {
  if (typeof value !== 'object' || value === null) return false;
  const { tenant, station, known, blocked, securityProfile, keyHashes, registration, unknownStations, answersUpdates } = value as Partial<
    Record<keyof StationProfile, unknown>
  >; // its members are checked next
  return (
    [tenant, station, registration, unknownStations].every((text) => typeof text === 'string') &&
    [known, blocked, answersUpdates].every((flag) => typeof flag === 'boolean') &&
    typeof securityProfile === 'number' &&
    Array.isArray(keyHashes) &&
    keyHashes.every((hash) => typeof hash === 'string')
  );
}
