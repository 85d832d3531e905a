import type { Flag } from '@voltbus/contracts';
import { type Limit, tighter } from '../../limits';
import type { Place } from './places';

/** A remote start vouches for its token this long: a driver may take time to plug in. */
export const REMOTE_START_MS = 3_600_000;

/** Statuses a token can be given by an operator. */
export const TOKEN_STATUSES = ['Accepted', 'Blocked', 'Expired', 'Invalid'] as const;
export type TokenStatus = (typeof TOKEN_STATUSES)[number];

/** Why a token that is good cannot charge here and now (C01.FR.18, 22, 24). */
export const RESTRICTIONS = ['NotAtThisLocation', 'NotAllowedTypeEVSE', 'NotAtThisTime'] as const;
export type Restriction = (typeof RESTRICTIONS)[number];

/** A token as an operator has set it. */
export interface Token {
  /** As it was given; compared without regard to case. */
  idToken: string;
  type: string;
  status: TokenStatus;
  groupId: string | null;
  /** ISO 8601 UTC. */
  expiresAt: string | null;
  /** May charge at several stations at once. */
  concurrent: boolean;
  /** Empty or left out: everywhere. */
  allowedAt?: readonly Place[];
  /** The limit of its sessions; null or left out: none. */
  limit?: Limit | null;
  /** The credit of a prepaid token, as set by its issuer; null or left out: it is not prepaid. */
  prepaid?: { credit: string } | null;
}

/** A token as a station presents it. `type` is null on 1.6, which knows none. */
export interface PresentedToken {
  idToken: string;
  type: string | null;
}

/** A tenant's settings for tokens. */
export interface TokenPolicy {
  unknownTokens: 'refuse' | 'accept';
  /** Tokens of this group stop any transaction and start none (C16); null: there is no such group. */
  masterPassGroup: string | null;
}

/** The facts that decide about a presented token. */
export interface TokenKnowledge extends TokenPolicy {
  token: Token | null;
  /** An operator has just started this station with this very token. */
  remotelyStarted: boolean;
  /** It charges somewhere else now. Known only where a session begins: there it counts. */
  chargesElsewhere?: boolean;
  /** EVSEs of this station at which it may charge; null or left out: at all of them. */
  evses?: readonly number[] | null;
  /** The external authorizer's restriction: the token cannot charge here or now. */
  restriction?: Restriction | null;
  /** The EVSE, where one is known. */
  evse?: number | null;
}

/**
 * The purpose of presenting a token. Other sessions of it matter only when one begins (1.6 section 4.8).
 */
export type Purpose = 'question' | 'begin';

/**
 * Whether other sessions of the token are in the way of one that begins. Unknown tokens that are accepted are not
 * counted: many stations send the same one.
 */
export function chargesOnce({ token }: TokenKnowledge): boolean {
  return token !== null && !token.concurrent;
}

/** A decision about a token, in statuses that both families share. */
export interface AuthorizationDecision {
  status: TokenStatus | Restriction | 'ConcurrentTx' | 'NoCredit';
  groupId: string | null;
  expiresAt: string | null;
  /** Flag for the transaction, when the token was not accepted. */
  flag: Flag | null;
  /** C01.FR.20: the EVSEs at which it may charge; left out: all of them. */
  evses?: readonly number[];
  /**
   * C17.FR.01: until when a cache of 2.x may trust the credit of a prepaid token. It is not sent to 1.6, where the
   * token would have expired.
   */
  cacheUntil?: string;
  /** The limit of a session that begins with it (E16, C17). */
  limit?: Limit;
}

/** A token as it is shown and billed: control characters that some readers add are no part of it (quirk 31). */
export function printable(idToken: string): string {
  return idToken.replace(/[\u0000-\u001f\u007f]/g, '').trim();
}

/** Identity is without regard to case (1.6 section 4.1). */
export function tokenIdentity(idToken: string): string {
  return printable(idToken).toUpperCase();
}

/**
 * C01.FR.06, C02.FR.02, C05, C16: the status of a token, judged at `now` (epoch milliseconds). In this order: is it
 * known, its status, is it allowed in this place, and where a session begins the master pass and other sessions of it.
 * The first that fails is answered.
 */
export function authorize(
  presented: PresentedToken,
  known: TokenKnowledge,
  now: number,
  purpose: Purpose = 'question',
): AuthorizationDecision {
  const plain = { groupId: null, expiresAt: null };
  if (presented.type === 'NoAuthorization') return { ...plain, status: 'Accepted', flag: null };
  // a blank text is no token, also where unknown tokens are accepted
  if (tokenIdentity(presented.idToken) === '') return { ...plain, status: 'Invalid', flag: 'unknown-token' };
  if (known.token === null) {
    if (known.remotelyStarted) return { ...plain, status: 'Accepted', flag: null };
    if (known.unknownTokens === 'accept') return { ...plain, status: 'Accepted', flag: null };
    return { ...plain, status: 'Invalid', flag: 'unknown-token' };
  }
  const { groupId, expiresAt } = known.token;
  const evses = known.evses && known.evses.length > 0 ? { evses: known.evses } : {};
  const status = expiresAt !== null && Date.parse(expiresAt) <= now && known.token.status === 'Accepted' ? 'Expired' : known.token.status;
  if (status !== 'Accepted') return { status, groupId, expiresAt, flag: STATUS_FLAGS[status] };
  const at = new Date(now).toISOString();
  // C17: no cache may believe it, it may have been topped up a moment later. Empty where it ends a session is no fault of that session
  if (isEmpty(known.token)) return { status: 'NoCredit', groupId, expiresAt: at, flag: purpose === 'begin' ? 'no-credit' : null };
  const restriction = restrictionOf(known, purpose);
  if (restriction !== null) return { status: restriction, groupId, expiresAt, flag: RESTRICTION_FLAGS[restriction], ...evses };
  if (purpose === 'begin' && isMasterPass(known.token, known)) return { status: 'Invalid', groupId, expiresAt, flag: 'master-pass' };
  if (purpose === 'begin' && !known.token.concurrent && known.chargesElsewhere === true)
    return { status: 'ConcurrentTx', groupId, expiresAt, flag: 'concurrent' };
  const limit = purpose === 'begin' ? limitOf(known.token) : null;
  const cache = known.token.prepaid ? { cacheUntil: at } : {};
  return { status, groupId, expiresAt, flag: null, ...evses, ...cache, ...(limit === null ? {} : { limit }) };
}

function isEmpty({ prepaid }: Token): boolean {
  return prepaid !== null && prepaid !== undefined && Number(prepaid.credit) <= 0;
}

/** C17: what is paid is the most that it may cost. */
function limitOf({ limit = null, prepaid = null }: Token): Limit | null {
  return tighter(limit, prepaid === null ? null : { maxCost: prepaid.credit });
}

const STATUS_FLAGS: Readonly<Record<Exclude<TokenStatus, 'Accepted'>, Flag>> = {
  Blocked: 'token-blocked',
  Expired: 'token-expired',
  Invalid: 'token-invalid',
};

const RESTRICTION_FLAGS: Readonly<Record<Restriction, Flag>> = {
  NotAtThisLocation: 'wrong-place',
  NotAllowedTypeEVSE: 'wrong-evse',
  NotAtThisTime: 'wrong-time',
};

/**
 * C01.FR.22: at none of the station's EVSEs; C01.FR.21: a session that begins at another EVSE than the allowed ones.
 */
function restrictionOf({ restriction = null, evses = null, evse = null }: TokenKnowledge, purpose: Purpose): Restriction | null {
  if (restriction !== null || evses === null) return restriction;
  if (evses.length === 0) return 'NotAtThisLocation';
  return purpose === 'begin' && evse !== null && !evses.includes(evse) ? 'NotAllowedTypeEVSE' : null;
}

/** C16: it opens and stops, and starts nothing. */
function isMasterPass({ groupId }: Token, { masterPassGroup }: TokenPolicy): boolean {
  return groupId !== null && masterPassGroup !== null && tokenIdentity(groupId) === tokenIdentity(masterPassGroup);
}
