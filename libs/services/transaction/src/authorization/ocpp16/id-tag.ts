import type { v16 } from '@voltbus/ocpp';
import { printable, type PresentedToken, type AuthorizationDecision } from '../domain/authorization';

type IdTagInfo = v16.AuthorizeResponse['idTagInfo'];

/** 1.6 knows no type of token. */
export function presented(idTag: string): PresentedToken {
  return { idToken: idTag, type: null };
}

/** The token of a message about a transaction; null where there is none: a blank text names nobody. */
export function tokenOfIdTag(idTag: string | undefined): PresentedToken | null {
  return idTag === undefined || printable(idTag) === '' ? null : presented(idTag);
}

/** Longest IdToken of 1.6. */
export const MAX_ID_TAG = 20;

/**
 * A decision as 1.6 can say it. It has no word for a tag that is good elsewhere or later, or has nothing left. Not
 * Invalid, which says that it is unknown: Blocked, not allowed for charging (section 7.2). Groups may be longer, for
 * 2.x: here they are left out, since a station may drop the whole answer for them.
 */
export function worded(decision: AuthorizationDecision): AuthorizationDecision & { status: IdTagInfo['status'] } {
  const { status, groupId } = decision;
  const restricted =
    status === 'NotAtThisLocation' || status === 'NotAllowedTypeEVSE' || status === 'NotAtThisTime' || status === 'NoCredit';
  const tooLong = groupId !== null && groupId.length > MAX_ID_TAG;
  return { ...decision, status: restricted ? 'Blocked' : status, groupId: tooLong ? null : groupId };
}

/** Section 4.1: the status, the group that may stop for it, and until when a cache may believe it. */
export function idTagInfo(decision: AuthorizationDecision): IdTagInfo {
  const { status, groupId, expiresAt } = worded(decision);
  return { status, ...(groupId === null ? {} : { parentIdTag: groupId }), ...(expiresAt === null ? {} : { expiryDate: expiresAt }) };
}
