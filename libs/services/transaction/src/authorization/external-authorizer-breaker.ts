import type { StationRef } from '@voltbus/contracts';
import { LRUCache } from 'lru-cache';
import { TOKEN_STATUSES, tokenIdentity, type PresentedToken } from './domain/authorization';
import type { Fallback, ExternalOutcome, ExternalDecision } from './domain/external-decision';
import type { TransactionTelemetry } from '../telemetry';
import type { ExternalAuthorizer, AuthorizationRequest } from './external-authorizer';

/** Questions under way at once in a process; beyond, nobody is asked. */
export const MAX_ASKED = 32;
/**
 * Failures in a row after which nobody is asked for a while: each costs its station, and the lane, the whole timeout.
 */
export const MAX_FAILURES = 5;
export const REST_MS = 10_000;
/** Answers remembered, for the time in which there are none. */
const MAX_REMEMBERED = 50_000;
export const REMEMBER_MS = 24 * 3_600_000;

/** Tokens that are not theirs to know: none at all, and those that we made ourselves (C05). */
const OURS: ReadonlySet<string | null> = new Set(['NoAuthorization', 'Central']);

interface ExternalAuthorizerBreakerParts {
  /** Null: tokens are kept here alone. */
  authorizer: ExternalAuthorizer | null;
  fallback: Fallback;
  telemetry: TransactionTelemetry;
  /** Milliseconds of a clock that nobody sets. */
  clock(): number;
}

/**
 * Asks the external authorizer through a circuit breaker, and remembers its decisions. Never rejects: a session does
 * not depend on it.
 */
export class ExternalAuthorizerBreaker {
  private readonly remembered;
  private asked = 0;
  private failures = 0;
  private restUntil = 0;

  constructor(private readonly parts: ExternalAuthorizerBreakerParts) {
    const perf = { now: () => parts.clock() };
    this.remembered = new LRUCache<string, ExternalDecision>({ max: MAX_REMEMBERED, ttl: REMEMBER_MS, perf });
  }

  /** Null: nobody is to be asked. Not to be called within a database transaction: it may take seconds. */
  async decide(
    ref: StationRef,
    { idToken, type }: PresentedToken,
    more: Pick<AuthorizationRequest, 'evse' | 'purpose'>,
    now: Date,
  ): Promise<ExternalOutcome | null> {
    const { authorizer } = this.parts;
    if (authorizer === null || OURS.has(type) || tokenIdentity(idToken) === '') return null;
    const key = `${ref.tenant}|${tokenIdentity(idToken)}`;
    if (this.asked >= MAX_ASKED || this.parts.clock() < this.restUntil) return this.silent(key, 'not-asked');
    return this.ask(authorizer, key, { tenant: ref.tenant, station: ref.station, idToken, type, ...more, at: now.toISOString() });
  }

  private async ask(authorizer: ExternalAuthorizer, key: string, question: AuthorizationRequest): Promise<ExternalOutcome> {
    this.asked += 1;
    try {
      const answer = await authorizer.decide(question);
      this.failures = 0;
      this.parts.telemetry.externalAuthorizerAnswered(answer === 'unknown' ? 'unknown' : 'answered');
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
      this.parts.telemetry.externalAuthorizerFailed(question, error);
      return this.silent(key, 'failed');
    } finally {
      this.asked -= 1;
    }
  }

  private silent(key: string, why: 'not-asked' | 'failed'): ExternalOutcome {
    this.parts.telemetry.externalAuthorizerAnswered(why);
    return { kind: 'silent', remembered: this.remembered.get(key) ?? null, fallback: this.parts.fallback };
  }
}

/**
 * What is left on a card is not what was; where it charges now says nothing about later, and where it may not charge
 * nothing about other places.
 */
function isLasting({ status, evses, credit }: ExternalDecision): boolean {
  return evses === undefined && credit === undefined && (TOKEN_STATUSES as readonly string[]).includes(status);
}
