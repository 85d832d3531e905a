import type { TokenStatus } from './authorization';

/** An open session of another token at a station where a token is presented. */
export interface OtherSession {
  tokenStatus: TokenStatus;
  /** Epoch milliseconds; null: never. */
  tokenExpiresAt: number | null;
  tokenGroup: string | null;
  /** The tenant's group whose tokens stop anything (C16). */
  masterPassGroup: string | null;
  /** The station was seen with another EVSE than the session's. */
  severalEvses: boolean;
}

/**
 * C01.FR.24: whether the station's only EVSE is held by a session whose own token is no longer good. A token of its
 * group, or of the master pass group, may end that session. A station that was seen with a second EVSE is not meant: an
 * Authorize does not name an EVSE.
 */
export function isHeldByAnother(sessions: readonly OtherSession[], groupId: string | null, now: number): boolean {
  return sessions.some(
    ({ tokenStatus, tokenExpiresAt, tokenGroup, masterPassGroup, severalEvses }) =>
      !severalEvses &&
      (tokenStatus !== 'Accepted' || (tokenExpiresAt !== null && tokenExpiresAt <= now)) &&
      !isSameGroup(groupId, tokenGroup) &&
      !isSameGroup(groupId, masterPassGroup),
  );
}

function isSameGroup(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one.toUpperCase() === other.toUpperCase();
}
