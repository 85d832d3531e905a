import { isDeepStrictEqual } from 'node:util';
import type { TokenStatus } from './authorization';
import type { Place } from './places';

/** The part of a token that decides about its entry in local lists. */
export interface ListedToken {
  idToken: string;
  type: string;
  status: TokenStatus;
  groupId: string | null;
  expiresAt: Date | null;
  allowedAt: readonly Place[];
  /** Null: the token is not prepaid. A prepaid one is in no list, however much it has left (C17). */
  credit: string | null;
}

/** Whether stations that hold the one in their local lists have nothing to learn from the other. */
export function sameListEntry(one: ListedToken, other: ListedToken): boolean {
  return isDeepStrictEqual(entryOf(one), entryOf(other));
}

function entryOf({ idToken, type, status, groupId, expiresAt, allowedAt, credit }: ListedToken): object {
  const places = allowedAt.map(({ station, group, evses }) => ({ station, group, evses }));
  return { idToken, type, status, groupId, expiresAt: expiresAt?.getTime(), places, prepaid: credit !== null };
}
