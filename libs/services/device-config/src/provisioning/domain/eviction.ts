import type { EvictReason, StationProfile, StationRef, Tenant } from '@voltbus/contracts';

/** Why a socket that was admitted by the profile of before must go after the change; null when it may stay. */
export function evictionFor(before: StationProfile, after: StationProfile): EvictReason | null {
  if (!before.known) return null;
  if (!after.known) return 'deleted';
  if (after.blocked && !before.blocked) return 'blocked';
  const sameKeys = before.keyHashes.length === after.keyHashes.length && before.keyHashes.every((hash) => after.keyHashes.includes(hash));
  if (!sameKeys || after.securityProfile > before.securityProfile) return 'credentials-changed';
  // A station learns of a new registration status only at a boot, which follows its reconnect.
  if (before.registration === 'accepted' && after.registration !== 'accepted') return 'blocked';
  if ((before.pinnedProtocol ?? null) !== (after.pinnedProtocol ?? null)) return 'version-pinned';
  return null;
}

/** A station that has just connected, as it is stored. */
export interface ConnectedStation extends StationRef {
  known: boolean;
  blocked: boolean;
  /** Null: there is no such tenant. */
  unknownStations: Tenant['unknownStations'] | null;
}

/** Why a station that has just connected must go; null when it may stay. An unknown one may where its tenant registers unknown stations. */
export function evictionOfConnected({ known, blocked, unknownStations }: ConnectedStation): EvictReason | null {
  if (blocked) return 'blocked';
  return known || unknownStations === 'register' ? null : 'deleted';
}

/** Whether anything in it differs, so that a cached copy is out of date. */
export function differs(one: StationProfile, other: StationProfile): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}
