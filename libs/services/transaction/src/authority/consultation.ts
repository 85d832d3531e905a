import type { StationRef } from '@voltbus/contracts';
import { LRUCache } from 'lru-cache';
import { TOKEN_STATUSES, tokenIdentity, type PresentedToken } from '../domain/authorization';
import type { Fallback, Outside, OutsideAnswer } from '../domain/outside-answer';
import type { TransactionTelemetry } from '../telemetry';
import type { TokenAuthority, TokenQuestion } from './token-authority';

/** Questions under way at once in a process; beyond, nobody is asked. */
export const MAX_ASKED = 32;
/** Failures in a row after which nobody is asked for a while: each costs its station, and the lane, the whole timeout. */
export const MAX_FAILURES = 5;
export const REST_MS = 10_000;
/** Answers remembered, for the time in which there are none. */
export const MAX_REMEMBERED = 50_000;
export const REMEMBER_MS = 24 * 3_600_000;

/** Tokens that are not theirs to know: none at all, and those that we made ourselves (C05). */
const OURS: ReadonlySet<string | null> = new Set(['NoAuthorization', 'Central']);

export interface ConsultationParts {
  /** Null: tokens are kept here alone. */
  authority: TokenAuthority | null;
  fallback: Fallback;
  telemetry: TransactionTelemetry;
  /** Milliseconds of a clock that nobody sets. */
  clock(): number;
}

/** Asks whoever keeps the tokens, as far as they answer. Never rejects: a station's session does not hang on them. */
export class Consultation {
  private readonly remembered;
  private asked = 0;
  private failures = 0;
  private restUntil = 0;

  constructor(private readonly parts: ConsultationParts) {
    const perf = { now: () => parts.clock() };
    this.remembered = new LRUCache<string, OutsideAnswer>({ max: MAX_REMEMBERED, ttl: REMEMBER_MS, perf });
  }

  /** Null: nobody is to be asked. Not to be called within a database transaction: it may take seconds. */
  async about(
    ref: StationRef,
    { idToken, type }: PresentedToken,
    more: Pick<TokenQuestion, 'evse' | 'purpose'>,
    now: Date,
  ): Promise<Outside | null> {
    const { authority } = this.parts;
    if (authority === null || OURS.has(type) || tokenIdentity(idToken) === '') return null;
    const key = `${ref.tenant}|${tokenIdentity(idToken)}`;
    if (this.asked >= MAX_ASKED || this.parts.clock() < this.restUntil) return this.silent(key, 'not-asked');
    return this.ask(authority, key, { tenant: ref.tenant, station: ref.station, idToken, type, ...more, at: now.toISOString() });
  }

  private async ask(authority: TokenAuthority, key: string, question: TokenQuestion): Promise<Outside> {
    this.asked += 1;
    try {
      const answer = await authority.ask(question);
      this.failures = 0;
      this.parts.telemetry.authorityAnswered(answer === 'unknown' ? 'unknown' : 'answered');
      if (answer === 'unknown') {
        this.remembered.delete(key);
        return { kind: 'unknown' };
      }
      if (isLasting(answer)) this.remembered.set(key, answer);
      else if (answer.status !== 'ConcurrentTx') this.remembered.delete(key);
      return { kind: 'answered', answer };
    } catch (error) {
      this.failures += 1;
      if (this.failures >= MAX_FAILURES) this.restUntil = this.parts.clock() + REST_MS; // then one failure more is enough
      this.parts.telemetry.authoritySilent(question, error);
      return this.silent(key, 'failed');
    } finally {
      this.asked -= 1;
    }
  }

  private silent(key: string, why: 'not-asked' | 'failed'): Outside {
    this.parts.telemetry.authorityAnswered(why);
    return { kind: 'silent', remembered: this.remembered.get(key) ?? null, fallback: this.parts.fallback };
  }
}

/** What is left on a card is not what was; where it charges now says nothing about later, and where it may not charge nothing about other places. */
function isLasting({ status, evses, credit }: OutsideAnswer): boolean {
  return evses === undefined && credit === undefined && (TOKEN_STATUSES as readonly string[]).includes(status);
}
