import type { ProfileValue } from '../../../configuration';

/** What decides how a station connects: set by itself it would lock stations out, and go round the approval of higher security profiles. */
const RESERVED: ReadonlySet<string> = new Set(['securityprofile', 'networkconfigurationpriority']);

/** The place of the first value that has a kind of campaign of its own; -1: there is none. Names are compared without regard to case, as stations do. */
export function reservedAt(values: readonly Pick<ProfileValue, 'key' | 'variable'>[]): number {
  return values.findIndex(({ key, variable }) => [key, variable].some((name) => RESERVED.has((name ?? '').trim().toLowerCase())));
}
