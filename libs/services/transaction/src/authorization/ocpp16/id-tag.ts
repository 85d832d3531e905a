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
 * A decision in the statuses of 1.6: a restricted tag, or one without credit, is Blocked (section 7.2), not Invalid,
 * which means unknown. A group that is too long for 1.6 is left out: a station may reject the whole answer for it.
 */
export function decisionFor16(decision: AuthorizationDecision): AuthorizationDecision & { status: IdTagInfo['status'] } {
  const { status, groupId } = decision;
  const restricted =
    status === 'NotAtThisLocation' || status === 'NotAllowedTypeEVSE' || status === 'NotAtThisTime' || status === 'NoCredit';
  const tooLong = groupId !== null && groupId.length > MAX_ID_TAG;
  return { ...decision, status: restricted ? 'Blocked' : status, groupId: tooLong ? null : groupId };
}

/** Section 4.1: the status, the group that may stop for it, and until when a cache may believe it. */
export function idTagInfo(decision: AuthorizationDecision): IdTagInfo {
  const { status, groupId, expiresAt } = decisionFor16(decision);
  return { status, ...(groupId === null ? {} : { parentIdTag: groupId }), ...(expiresAt === null ? {} : { expiryDate: expiresAt }) };
}
