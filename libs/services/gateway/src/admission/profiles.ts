import { randomUUID } from 'node:crypto';
import { PROFILE_REQUESTS, stationKey, type ProfileRequest, type StationProfile, type StationRef } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import { PROFILE_TTL_MS, type Connections } from '@voltbus/connections';
import { LRUCache } from 'lru-cache';
import { MAX_PROFILE_REQUESTS, MAX_PROFILE_REQUESTS_PER_SOURCE, MAX_REMEMBERED_PROFILES, PROFILE_REQUEST_MS } from '../limits';

/** What a connection was admitted by. */
interface AdmissionProof {
  securityProfile: StationProfile['securityProfile'];
  /** Of its password; null: it was another proof, or none. */
  keyHash: string | null;
}

interface ProfileQuery {
  key: string;
  answer: Promise<StationProfile | null>;
  resolve(profile: StationProfile | null): void;
}

/** Where device-config sends its answers. */
interface ProfileReturnAddress {
  inst: string;
  bucket: number;
}

/**
 * The profiles of stations that an upgrade needs: from the registry in one round trip, or requested from device-config over the bus, once for all upgrades
 * that wait for it. While the registry is away the last profile seen here counts.
 */
export class StationProfiles {
  private readonly queries = new Map<string, ProfileQuery>();
  private readonly queriesByKey = new Map<string, ProfileQuery>();
  private readonly openBySource = new Map<string, number>();
  private readonly remembered = new LRUCache<string, StationProfile>({ max: MAX_REMEMBERED_PROFILES, ttl: PROFILE_TTL_MS });

  constructor(
    private readonly bus: Bus,
    private readonly connections: Connections,
    private readonly returnAddress: () => ProfileReturnAddress,
  ) {}

  /** Returns the profile of the registry, or the last one seen here while the registry is away; null when neither has one. */
  async findCached(ref: StationRef): Promise<StationProfile | null> {
    const key = stationKey(ref);
    try {
      const cached = await this.connections.profile(ref);
      return cached === null ? null : this.remember(key, cached);
    } catch {
      return this.remembered.get(key) ?? null; // the registry is away, which its own metrics show
    }
  }

  /** Requests the profile from device-config. Returns null when no answer came in time, or when too many requests of the source are open. */
  async requestProfile(ref: StationRef, source: string): Promise<StationProfile | null> {
    const open = this.openBySource.get(source) ?? 0;
    if (open >= MAX_PROFILE_REQUESTS_PER_SOURCE) return null;
    this.openBySource.set(source, open + 1);
    try {
      const key = stationKey(ref);
      const profile = await this.query(ref, key);
      return profile === null ? null : this.remember(key, profile);
    } finally {
      const left = (this.openBySource.get(source) ?? 1) - 1;
      if (left > 0) this.openBySource.set(source, left);
      else this.openBySource.delete(source);
    }
  }

  /**
   * Whether the profile that admitted a station changed before its connection was registered. A change drops the profile and then looks for a connection
   * to evict; we register the connection and then look at the profile. So one of the two sees the other.
   */
  async isAdmissionRevoked(ref: StationRef, admittedBy: StationProfile, by: AdmissionProof): Promise<boolean> {
    if (!admittedBy.known) return false; // admitted as an unknown station
    const now = await this.profileNow(ref, admittedBy);
    return now !== null && forbids(now, admittedBy, by);
  }

  onProfileReceived(requestId: string, profile: StationProfile): void {
    this.queries.get(requestId)?.resolve(profile);
  }

  /** The profile of the station has changed. */
  forgetStation(ref: StationRef): void {
    this.remembered.delete(stationKey(ref));
  }

  /** Null: it is not known, and a change will evict the station. */
  private async profileNow(ref: StationRef, { passwordRotation = null }: StationProfile): Promise<StationProfile | null> {
    try {
      const cached = await this.connections.profile(ref);
      if (cached !== null) return cached;
    } catch {
      // The registry is away, and an eviction is repeated until it succeeds. The end of a rotation evicts nobody: device-config knows whether the old password has gone.
      if (passwordRotation === null) return null;
    }
    return this.query(ref, stationKey(ref));
  }

  private remember(key: string, profile: StationProfile): StationProfile {
    if (profile.known) this.remembered.set(key, profile);
    return profile;
  }

  private query(ref: StationRef, key: string): Promise<StationProfile | null> {
    const open = this.queriesByKey.get(key);
    if (open !== undefined) return open.answer;
    if (this.queries.size >= MAX_PROFILE_REQUESTS) return Promise.resolve(null);
    const requestId = randomUUID();
    const request: ProfileRequest = { ...ref, requestId, ...this.returnAddress() };
    const query = this.openQuery(requestId, key);
    this.bus
      .publish(PROFILE_REQUESTS, { key, value: Buffer.from(JSON.stringify(request)) }, { timeoutMs: PROFILE_REQUEST_MS })
      .catch(() => query.resolve(null));
    return query.answer;
  }

  private openQuery(requestId: string, key: string): ProfileQuery {
    let settle: (profile: StationProfile | null) => void = () => undefined;
    const answer = new Promise<StationProfile | null>((resolve) => (settle = resolve));
    const timer = setTimeout(() => query.resolve(null), PROFILE_REQUEST_MS);
    const query: ProfileQuery = {
      key,
      answer,
      resolve: (profile) => {
        clearTimeout(timer);
        this.queries.delete(requestId);
        this.queriesByKey.delete(key);
        settle(profile);
      },
    };
    this.queries.set(requestId, query);
    this.queriesByKey.set(key, query);
    return query;
  }
}

/** Whether the profile of now forbids a connection that the one before admitted. */
function forbids(now: StationProfile, before: StationProfile, { securityProfile: used, keyHash }: AdmissionProof): boolean {
  // Other passwords may come and go while one is replaced.
  const goodKey = keyHash === null ? sameKeys(now, before) : now.keyHashes.includes(keyHash);
  const registrationLost = before.registration === 'accepted' && now.registration !== 'accepted';
  const pinChanged = (now.pinnedProtocol ?? null) !== (before.pinnedProtocol ?? null);
  const revoked = used === 3 && (now.revokedCertificates ?? []).some((one) => !before.revokedCertificates?.includes(one));
  return !now.known || now.blocked || revoked || !goodKey || now.securityProfile > used || registrationLost || pinChanged;
}

function sameKeys(now: StationProfile, before: StationProfile): boolean {
  return now.keyHashes.length === before.keyHashes.length && before.keyHashes.every((hash) => now.keyHashes.includes(hash));
}
