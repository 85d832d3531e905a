import type { Lacking, v21 } from '@voltbus/ocpp';
import { printable, type PresentedToken, type AuthorizationDecision } from '../domain/authorization';

type IdToken = Lacking<v21.AuthorizeRequest['idToken'], 'type'>;
type IdTokenInfo = v21.AuthorizeResponse['idTokenInfo'];

export function presented({ idToken, type }: IdToken): PresentedToken {
  return { idToken, type: type ?? null };
}

/**
 * The token of a message about a transaction; null when there is none. A blank text is no token, except with the type
 * NoAuthorization (C02).
 */
export function tokenOfIdToken(idToken: IdToken | undefined): PresentedToken | null {
  const isNone = idToken === undefined || (printable(idToken.idToken) === '' && idToken.type !== 'NoAuthorization');
  return isNone ? null : presented(idToken);
}

/**
 * C01.FR.06, C09.FR.09: with its group; C01.FR.20: with the EVSEs it may use, where not all; C10, C17: until when a
 * cache may believe it.
 */
export function idTokenInfo({ status, groupId, expiresAt, evses, cacheUntil }: AuthorizationDecision): IdTokenInfo {
  const until = cacheUntil ?? expiresAt;
  return {
    status,
    ...(groupId === null ? {} : { groupIdToken: { idToken: groupId, type: 'Central' } }),
    ...(until === null ? {} : { cacheExpiryDateTime: until }),
    ...(evses === undefined ? {} : { evseId: listed(evses) }),
  };
}

/** A list with at least one, as the schema types it. */
function listed([first = 0, ...rest]: readonly number[]): NonNullable<IdTokenInfo['evseId']> {
  return [first, ...rest];
}
