import { isAtStation, type Authority, type InstalledCertificate } from './installed-certificate';

/** How the station was last seen. */
export interface Seen {
  /** The security profile of its latest connection; null: unknown. */
  usedProfile: number | null;
  /** The CAs by which it may have believed the server; null: not known, because its TLS ended elsewhere. */
  issuers: readonly Authority[] | null;
  at: Date | null;
}

const ROOT_OF_CSMS = 'CSMSRootCertificate';

/** Whether the station may have believed the server by this certificate; null: it cannot be told. */
function isUsed({ authority }: InstalledCertificate, issuers: Seen['issuers']): boolean | null {
  return authority === null || issuers === null || issuers.length === 0 ? null : issuers.some((issuer) => isSame(issuer, authority));
}

function isSame(one: Authority, other: Authority): boolean {
  return one.nameHash === other.nameHash && (one.keyId === null || other.keyId === null || one.keyId === other.keyId);
}

/**
 * Why a station would not come back without this certificate, or might not; null: it would. One that does not use TLS loses nothing, and one of another kind
 * is not for the connection (M04). `unproven`: an operator knows by which root the station connects.
 */
export function whyNotRemoved(
  certificate: InstalledCertificate,
  all: readonly InstalledCertificate[],
  { usedProfile, issuers, unproven }: Pick<Seen, 'usedProfile' | 'issuers'> & { unproven: boolean },
): string | null {
  if (certificate.kind !== ROOT_OF_CSMS || (usedProfile ?? 2) < 2) return null;
  const used = isUsed(certificate, issuers);
  if (used === true) return 'the station connects by this root: it would not come back';
  const others = all.filter((one) => one.id !== certificate.id && one.kind === ROOT_OF_CSMS && isAtStation(one));
  if (used === null && !others.some(({ state }) => state === 'installed' || state === 'foreign'))
    return 'this is the only root of the CSMS that the station is known to have: it would not come back';
  if (used === null && !unproven) return 'nobody here knows by which root the station connects: if you do, say so with unproven=true';
  return null;
}

/** M05: the station has been seen under the root that takes the place of another, and not by that other one, since it was installed. */
export function isReplaced(
  { next, old }: { next: InstalledCertificate; old: InstalledCertificate },
  { usedProfile, issuers, at }: Seen,
): boolean {
  if (next.state !== 'installed' || next.installedAt === null || (old.state !== 'installed' && old.state !== 'foreign')) return false;
  if (next.kind !== ROOT_OF_CSMS) return true; // nothing but a connection could show it, and this one is for none
  if (at === null || at <= next.installedAt || (usedProfile ?? 0) < 2) return false;
  return isUsed(next, issuers) === true && isUsed(old, issuers) === false;
}
