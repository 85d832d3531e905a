import { randomUUID } from 'node:crypto';
import { PROFILE_REQUESTS, stationKey, type ProfileRequest, type StationProfile, type StationRef } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import { PROFILE_TTL_MS, type Connections } from '@voltbus/connections';
import { LRUCache } from 'lru-cache';
import { MAX_PROFILE_REQUESTS, MAX_PROFILE_REQUESTS_PER_SOURCE, MAX_REMEMBERED_PROFILES, PROFILE_REQUEST_MS } from '../limits';

interface Ask {
  key: string;
  answer: Promise<StationProfile | null>;
  resolve(profile: StationProfile | null): void;
}

/** Where answers to our questions come to. */
export interface ReturnPlace {
  inst: string;
  bucket: number;
}

/**
 * What an upgrade needs to know of a station: from the registry in one round trip, or asked of device-config over the bus, once for all who wait;
 * while the registry is away, as it was last seen here.
 */
export class Profiles {
  private readonly asks = new Map<string, Ask>();
  private readonly asksByKey = new Map<string, Ask>();
  private readonly openBySource = new Map<string, number>();
  private readonly remembered = new LRUCache<string, StationProfile>({ max: MAX_REMEMBERED_PROFILES, ttl: PROFILE_TTL_MS });

  constructor(
    private readonly bus: Bus,
    private readonly connections: Connections,
    private readonly place: () => ReturnPlace,
  ) {}

  /** As the registry says it, or as it was last seen here while the registry is away; null: neither knows. */
  async findCached(ref: StationRef): Promise<StationProfile | null> {
    const key = stationKey(ref);
    try {
      const cached = await this.connections.profile(ref);
      return cached === null ? null : this.remember(key, cached);
    } catch {
      return this.remembered.get(key) ?? null; // the registry is away; its own metrics say so
    }
  }

  /** As device-config says it now, for who comes from that source; null: nobody could say in time, or the source has too many questions open. */
  async requestProfile(ref: StationRef, source: string): Promise<StationProfile | null> {
    const open = this.openBySource.get(source) ?? 0;
    if (open >= MAX_PROFILE_REQUESTS_PER_SOURCE) return null;
    this.openBySource.set(source, open + 1);
    try {
      const key = stationKey(ref);
      const asked = await this.ask(ref, key);
      return asked === null ? null : this.remember(key, asked);
    } finally {
      const left = (this.openBySource.get(source) ?? 1) - 1;
      if (left > 0) this.openBySource.set(source, left);
      else this.openBySource.delete(source);
    }
  }

  /**
   * Whether what admitted a station was taken back before its connection stood in the registry. Who changes a station drops its profile and then looks
   * for a connection to evict; we make the connection known and then look at the profile: one of the two sees the other.
   */
  async isAdmissionRevoked(ref: StationRef, admittedBy: StationProfile): Promise<boolean> {
    if (!admittedBy.known) return false; // admitted as the stranger it was
    try {
      const now = (await this.connections.profile(ref)) ?? (await this.ask(ref, stationKey(ref)));
      return now !== null && forbids(now, admittedBy);
    } catch {
      return false; // the registry is away: who changes the station tries again until an eviction succeeds
    }
  }

  /** An answer came down. */
  onProfileReceived(requestId: string, profile: StationProfile): void {
    this.asks.get(requestId)?.resolve(profile);
  }

  /** What is remembered of a station is no longer true. */
  forgetStation(ref: StationRef): void {
    this.remembered.delete(stationKey(ref));
  }

  private remember(key: string, profile: StationProfile): StationProfile {
    if (profile.known) this.remembered.set(key, profile);
    return profile;
  }

  private ask(ref: StationRef, key: string): Promise<StationProfile | null> {
    const open = this.asksByKey.get(key);
    if (open !== undefined) return open.answer;
    if (this.asks.size >= MAX_PROFILE_REQUESTS) return Promise.resolve(null);
    const requestId = randomUUID();
    const request: ProfileRequest = { ...ref, requestId, ...this.place() };
    const ask = this.open(requestId, key);
    this.bus
      .publish(PROFILE_REQUESTS, { key, value: Buffer.from(JSON.stringify(request)) }, { timeoutMs: PROFILE_REQUEST_MS })
      .catch(() => ask.resolve(null));
    return ask.answer;
  }

  private open(requestId: string, key: string): Ask {
    let settle: (profile: StationProfile | null) => void = () => undefined;
    const answer = new Promise<StationProfile | null>((resolve) => (settle = resolve));
    const timer = setTimeout(() => ask.resolve(null), PROFILE_REQUEST_MS);
    const ask: Ask = {
      key,
      answer,
      resolve: (profile) => {
        clearTimeout(timer);
        this.asks.delete(requestId);
        this.asksByKey.delete(key);
        settle(profile);
      },
    };
    this.asks.set(requestId, ask);
    this.asksByKey.set(key, ask);
    return ask;
  }
}

/** Whether a connection that was admitted by the one profile would have to leave by the other. */
function forbids(now: StationProfile, before: StationProfile): boolean {
  const sameKeys = now.keyHashes.length === before.keyHashes.length && before.keyHashes.every((hash) => now.keyHashes.includes(hash));
  const registrationLost = before.registration === 'accepted' && now.registration !== 'accepted';
  const pinChanged = (now.pinnedProtocol ?? null) !== (before.pinnedProtocol ?? null);
  return !now.known || now.blocked || !sameKeys || now.securityProfile > before.securityProfile || registrationLost || pinChanged;
}
