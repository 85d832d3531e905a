import type { v16 } from '@voltbus/ocpp';
import type { PresentedToken, Verdict } from '../domain/authorization';

type IdTagInfo = v16.AuthorizeResponse['idTagInfo'];

/** 1.6 knows no type of token. */
export function presented(idTag: string): PresentedToken {
  return { idToken: idTag, type: null };
}

/** Section 4.1: the status, the group that may stop for it, and until when a cache may believe it. */
export function idTagInfo({ status, groupId, expiresAt }: Verdict): IdTagInfo {
  return { status, ...(groupId === null ? {} : { parentIdTag: groupId }), ...(expiresAt === null ? {} : { expiryDate: expiresAt }) };
}
