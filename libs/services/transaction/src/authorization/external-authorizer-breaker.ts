import type { StationRef } from '@voltbus/contracts';
import { LRUCache } from 'lru-cache';
import { TOKEN_STATUSES, tokenIdentity, type PresentedToken } from './domain/authorization';
import type { Fallback, ExternalOutcome, ExternalDecision } from './domain/external-decision';
import type { TransactionTelemetry } from '../telemetry';
import type { ExternalAuthorizer, AuthorizationRequest } from './external-authorizer';

/** The most concurrent requests of a process; beyond, the external authorizer is not asked. */
export const MAX_ASKED = 32;
/**
 * Failures in a row that open the breaker for a while: each costs its station, and the lane, the whole timeout.
 */
export const MAX_FAILURES = 5;
export const REST_MS = 10_000;
/** Decisions remembered for the time without an answer. */
const MAX_REMEMBERED = 50_000;
export const REMEMBER_MS = 24 * 3_600_000;

/** Types the external authorizer cannot know: no token, and tokens that the CSMS issued (C05). */
const OURS: ReadonlySet<string | null> = new Set(['NoAuthorization', 'Central']);

interface ExternalAuthorizerBreakerParts {
  /** Null: no external authorizer is configured. */
  authorizer: ExternalAuthorizer | null;
  fallback: Fallback;
  telemetry: TransactionTelemetry;
  /** Milliseconds of a monotonic clock. */
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

  /** Null: there is nothing to ask. It may take seconds, so it is not called within a database transaction. */
  async decide(
    ref: StationRef,
    { idToken, type }: PresentedToken,
    more: Pick<AuthorizationRequest, 'evse' | 'purpose'>,
    now: Date,
  ): Promise<ExternalOutcome | null> {
    const { authorizer } = this.parts;
    if (authorizer === null || OURS.has(type) || tokenIdentity(idToken) === '') return null;
    const key = `${ref.tenant}|${tokenIdentity(idToken)}`;
    if (this.asked >= MAX_ASKED || this.parts.clock() < this.restUntil) return this.withoutAnswer(key, 'not-asked');
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
      return this.withoutAnswer(key, 'failed');
    } finally {
      this.asked -= 1;
    }
  }

  private withoutAnswer(key: string, why: 'not-asked' | 'failed'): ExternalOutcome {
    this.parts.telemetry.externalAuthorizerAnswered(why);
    return { kind: 'no-answer', remembered: this.remembered.get(key) ?? null, fallback: this.parts.fallback };
  }
}

/**
 * Whether a decision may be remembered. Credit changes, and a decision that depends on the EVSE, other sessions or the
 * time does not hold elsewhere or later.
 */
function isLasting({ status, evses, credit }: ExternalDecision): boolean {
  return evses === undefined && credit === undefined && (TOKEN_STATUSES as readonly string[]).includes(status);
}
