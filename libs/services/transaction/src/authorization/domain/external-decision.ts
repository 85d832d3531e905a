import {
  authorize,
  tokenIdentity,
  RESTRICTIONS,
  type PresentedToken,
  type Purpose,
  type Restriction,
  type TokenKnowledge,
  type TokenStatus,
  type AuthorizationDecision,
} from './authorization';

/** The external authorizer's decision about a token. */
export interface ExternalDecision {
  status: TokenStatus | Restriction | 'ConcurrentTx' | 'NoCredit';
  /** The credit of a prepaid token; left out: not prepaid. */
  credit?: string;
  /** EVSEs of the station at which it may charge; left out: all of them. */
  evses?: readonly number[];
  groupId: string | null;
  /** ISO 8601 UTC. */
  expiresAt: string | null;
}

/** How a token is decided without an answer, now or before. */
export type Fallback = 'own' | 'accept' | 'refuse';

/** The outcome of a request. `no-answer`: the remembered decision counts, else the fallback. */
export type ExternalOutcome =
  | { kind: 'answered'; answer: ExternalDecision }
  | { kind: 'unknown' }
  | { kind: 'no-answer'; remembered: ExternalDecision | null; fallback: Fallback };

/**
 * Decides about a token by the outcome of the external authorizer; null: it was not asked. A token that it does not
 * know is decided by our own.
 */
export function authorizeByOutcome(
  outside: ExternalOutcome | null,
  presented: PresentedToken,
  known: TokenKnowledge,
  now: number,
  purpose: Purpose,
): AuthorizationDecision {
  if (outside === null || outside.kind === 'unknown') return authorize(presented, known, now, purpose);
  const answer = outside.kind === 'answered' ? outside.answer : outside.remembered;
  if (answer !== null) return authorize(presented, { ...known, ...asKnown(answer, presented) }, now, purpose);
  const { fallback } = outside as Extract<ExternalOutcome, { kind: 'no-answer' }>; // an answered one has its answer
  if (fallback === 'own') return flagged(authorize(presented, known, now, purpose));
  return flagged({ status: fallback === 'accept' ? 'Accepted' : 'Invalid', groupId: null, expiresAt: null, flag: null });
}

/** The decision in the form of a token of our own. The external authorizer knows where it charges, and where it may. */
function asKnown(
  { status, groupId, expiresAt, evses, credit }: ExternalDecision,
  { idToken, type }: PresentedToken,
): Pick<TokenKnowledge, 'token' | 'chargesElsewhere' | 'evses' | 'restriction'> {
  const elsewhere = status === 'ConcurrentTx';
  const token = { idToken: tokenIdentity(idToken), type: type ?? '', groupId, expiresAt, concurrent: !elsewhere };
  const restriction = isRestriction(status) ? status : null;
  const own = status === 'ConcurrentTx' || status === 'NoCredit' || isRestriction(status) ? 'Accepted' : status;
  const left = status === 'NoCredit' ? '0' : credit;
  const prepaid = left === undefined ? null : { credit: left };
  return { token: { ...token, status: own, prepaid }, chargesElsewhere: elsewhere, evses: evses ?? null, restriction };
}

function isRestriction(status: ExternalDecision['status']): status is Restriction {
  return (RESTRICTIONS as readonly string[]).includes(status);
}

function flagged(decision: AuthorizationDecision): AuthorizationDecision {
  return { ...decision, flag: decision.flag ?? 'no-authority' };
}
