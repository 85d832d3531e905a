import type { StationDescription } from '@voltbus/contracts';
import { isDeepStrictEqual } from 'node:util';

/** What an operator says of a station, for people and other systems: nothing in the station's admission depends on it. */
export type Description = Omit<StationDescription, 'tenant' | 'station'>;

export const NO_DESCRIPTION: Description = { name: null, place: null, evseIds: [], labels: {} };

export function descriptionOf({ name, place, evseIds, labels }: Description): Description {
  return { name, place, evseIds, labels };
}

export function describesTheSame(a: Description, b: Description): boolean {
  return isDeepStrictEqual(descriptionOf(a), descriptionOf(b));
}

/** An EVSE id for comparison: the separators are optional, and letters have no case (eMI3). */
export function evseIdIdentity(evseId: string): string {
  return evseId.replaceAll('*', '').toUpperCase();
}
