import type { v21 } from '@voltbus/ocpp';
import type { PresentedToken, Verdict } from '../domain/authorization';

type IdToken = v21.AuthorizeRequest['idToken'];
type IdTokenInfo = v21.AuthorizeResponse['idTokenInfo'];

export function presented({ idToken, type }: IdToken): PresentedToken {
  return { idToken, type };
}

/** C01.FR.06, C09.FR.09: with its group; C01.FR.20: with the EVSEs it may use, where not all; C10, C17: until when a cache may believe it. */
export function idTokenInfo({ status, groupId, expiresAt, evses, cacheUntil }: Verdict): IdTokenInfo {
  const until = cacheUntil ?? expiresAt;
  return {
    status,
    ...(groupId === null ? {} : { groupIdToken: { idToken: groupId, type: 'Central' } }),
    ...(until === null ? {} : { cacheExpiryDateTime: until }),
    ...(evses === undefined ? {} : { evseId: listed(evses) }),
  };
}

/** A list with at least one, in the schema's words. */
function listed([first = 0, ...rest]: readonly number[]): NonNullable<IdTokenInfo['evseId']> {
  return [first, ...rest];
}
