import type { v16 } from '@voltbus/ocpp';
import type { PresentedToken, Verdict } from '../domain/authorization';

type IdTagInfo = v16.AuthorizeResponse['idTagInfo'];

/** 1.6 knows no type of token. */
export function presented(idTag: string): PresentedToken {
  return { idToken: idTag, type: null };
}

/** An IdToken of 1.6. Groups may be longer, for 2.x: here they are left out, since a station may drop the whole answer for them. */
const MAX_PARENT = 20;

/** 1.6 has no word for a tag that is good elsewhere or later, or has nothing left. Not Invalid, which says that it is unknown: Blocked, not allowed for charging (section 7.2). */
function worded(status: Verdict['status']): IdTagInfo['status'] {
  return status === 'NotAtThisLocation' || status === 'NotAllowedTypeEVSE' || status === 'NotAtThisTime' || status === 'NoCredit'
    ? 'Blocked'
    : status;
}

/** Section 4.1: the status, the group that may stop for it, and until when a cache may believe it. */
export function idTagInfo({ status, groupId, expiresAt }: Verdict): IdTagInfo {
  const parent = groupId === null || groupId.length > MAX_PARENT ? {} : { parentIdTag: groupId };
  return { status: worded(status), ...parent, ...(expiresAt === null ? {} : { expiryDate: expiresAt }) };
}
