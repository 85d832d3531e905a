/** Statuses a token can be given by an operator. */
export const TOKEN_STATUSES = ['Accepted', 'Blocked', 'Expired', 'Invalid'] as const;
export type TokenStatus = (typeof TOKEN_STATUSES)[number];

/** What an operator has said about a token. */
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
}

/** A token as a station presents it. `type` is null on 1.6, which knows none. */
export interface PresentedToken {
  idToken: string;
  type: string | null;
}

/** What a tenant wants done with tokens. */
export interface TokenPolicy {
  unknownTokens: 'refuse' | 'accept';
  /** Tokens of this group stop any transaction and start none (C16); null: there is no such group. */
  masterPassGroup: string | null;
}

/** What is known where a token is presented. */
export interface TokenKnowledge extends TokenPolicy {
  token: Token | null;
  /** An operator has just started this station with this very token. */
  remotelyStarted: boolean;
  /** It charges somewhere else now. Known only where a session begins: there it counts. */
  chargesElsewhere?: boolean;
}

/** What a token is presented for. Only where a session begins are others of the same token in its way (1.6 section 4.8). */
export type Purpose = 'question' | 'begin';

/** What the station is told, in words both families share. */
export interface Verdict {
  status: TokenStatus | 'ConcurrentTx';
  groupId: string | null;
  expiresAt: string | null;
  /** Flag for the transaction, when the token was not accepted. */
  flag: string | null;
}

/** Control characters some readers add are no part of the token (quirk 31). Identity is without regard to case (1.6 section 4.1). */
export function tokenIdentity(idToken: string): string {
  return idToken
    .replace(/[\u0000-\u001f\u007f]/g, '')
    .trim()
    .toUpperCase();
}

/** C01.FR.06, C02.FR.02, C05, C16: the status of a token, judged at `now` (epoch milliseconds). */
export function authorize(presented: PresentedToken, known: TokenKnowledge, now: number, purpose: Purpose = 'question'): Verdict {
  const plain = { groupId: null, expiresAt: null };
  if (presented.type === 'NoAuthorization') return { ...plain, status: 'Accepted', flag: null };
  if (known.token === null) {
    if (known.unknownTokens === 'accept' || known.remotelyStarted) return { ...plain, status: 'Accepted', flag: null };
    return { ...plain, status: 'Invalid', flag: 'unknown-token' };
  }
  const { groupId, expiresAt } = known.token;
  const status = expiresAt !== null && Date.parse(expiresAt) <= now && known.token.status === 'Accepted' ? 'Expired' : known.token.status;
  if (status !== 'Accepted') return { status, groupId, expiresAt, flag: `token-${status.toLowerCase()}` };
  if (purpose === 'begin' && isMasterPass(known.token, known)) return { status: 'Invalid', groupId, expiresAt, flag: 'master-pass' };
  if (purpose === 'begin' && !known.token.concurrent && known.chargesElsewhere === true)
    return { status: 'ConcurrentTx', groupId, expiresAt, flag: 'concurrent' };
  return { status, groupId, expiresAt, flag: null };
}

/** C16: it opens and stops, and starts nothing. */
function isMasterPass({ groupId }: Token, { masterPassGroup }: TokenPolicy): boolean {
  return groupId !== null && masterPassGroup !== null && tokenIdentity(groupId) === tokenIdentity(masterPassGroup);
}
