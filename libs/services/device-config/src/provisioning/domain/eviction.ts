import type { EvictReason, StationProfile } from '@voltbus/contracts';

/** What a changed profile means for the socket that was admitted by the old one: why it must go, or null. */
export function evictionFor(before: StationProfile, after: StationProfile): EvictReason | null {
  if (!before.known) return null;
  if (!after.known) return 'deleted';
  if (after.blocked && !before.blocked) return 'blocked';
  const sameKeys = before.keyHashes.length === after.keyHashes.length && before.keyHashes.every((hash) => after.keyHashes.includes(hash));
  if (!sameKeys || after.securityProfile > before.securityProfile) return 'credentials-changed';
  // What was accepted goes on until it hears otherwise: it hears it at the boot after its reconnect.
  if (before.registration === 'accepted' && after.registration !== 'accepted') return 'blocked';
  if ((before.pinnedProtocol ?? null) !== (after.pinnedProtocol ?? null)) return 'version-pinned';
  return null;
}

/** Whether anything in it differs, so that a cached copy is out of date. */
export function differs(one: StationProfile, other: StationProfile): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}
