import { nextAttemptAt } from './retries';

export const DELIVERY_STATES = ['pending', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Why an attempt failed without a usable status. */
export const ATTEMPT_ERRORS = ['name', 'refused', 'connection', 'tls', 'timeout', 'redirect', 'status', 'secret'] as const;
export type AttemptError = (typeof ATTEMPT_ERRORS)[number];

/** Why a delivery is dead. */
export const DEATH_REASONS = ['retries-ended', 'gone', 'too-large', 'test-failed'] as const;
export type DeathReason = (typeof DEATH_REASONS)[number];

export interface Attempt {
  /** ISO 8601 UTC. */
  at: string;
  durationMs: number;
  /** HTTP status; null: there was no answer. */
  status: number | null;
  /** Null: it was delivered. */
  error: AttemptError | null;
  /** What went wrong, or the beginning of the answer; without secrets. */
  detail: string | null;
}

/** What became of one attempt. */
export interface AttemptOutcome {
  attempt: Attempt;
  retryAfterSeconds: number | null;
}

/** What follows from an attempt. `webhook`: what it shows of the webhook; a test shows nothing. */
export type Verdict = { state: 'delivered' } | { state: 'pending'; nextAt: Date } | { state: 'dead'; reason: DeathReason };

interface TriedDelivery {
  /** Attempts before this one, since the delivery was made or replayed. */
  tries: number;
  giveUpAt: Date;
  test: boolean;
}

const GONE = 410;

/** Decides about a delivery after an attempt. `random`: 0 to 1, for the jitter. */
export function judge({ tries, giveUpAt, test }: TriedDelivery, { attempt, retryAfterSeconds }: AttemptOutcome, random: number): Verdict {
  if (attempt.error === null) return { state: 'delivered' };
  if (test) return { state: 'dead', reason: 'test-failed' };
  if (attempt.status === GONE) return { state: 'dead', reason: 'gone' };
  const nextAt = nextAttemptAt({ at: new Date(attempt.at), tries: tries + 1, giveUpAt, retryAfterSeconds }, random);
  return nextAt === null ? { state: 'dead', reason: 'retries-ended' } : { state: 'pending', nextAt };
}
