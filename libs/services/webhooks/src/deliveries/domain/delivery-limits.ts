/** Deliveries of one webhook that wait; events beyond are dropped, counted and shown. */
export interface BacklogLimits {
  pending: number;
  /** Of their bodies. */
  bytes: number;
}
export const BACKLOG_LIMITS: BacklogLimits = { pending: 100_000, bytes: 268_435_456 };
/** Bytes of a body. The bus carries no event that is much larger; one that is, is a dead letter without its body. */
export const MAX_BODY_BYTES = 1_048_576;
/** Tests of one webhook that wait; 429 beyond. */
export const MAX_PENDING_TESTS = 5;
/** The latest attempts of a delivery that are kept: more than one round has. */
export const MAX_KEPT_ATTEMPTS = 20;
/** Characters of an answer that are kept, and shown. */
export const MAX_EXCERPT_LENGTH = 1_000;
/** Dead letters that one request replays; it is repeated for more. */
export const MAX_REPLAYED = 1_000;

/** How much of everything one process of the sender has in hand. */
export interface SendingLimits {
  /** Attempts under way. */
  attempts: number;
  /** Of one webhook, which takes no more, however slow it is. */
  ofWebhook: number;
  /** Of a webhook that has failed for `failingMs`, and of all such webhooks together: the others keep their room when many fail. */
  ofFailingWebhook: number;
  ofAllFailing: number;
  failingMs: number;
  /** The longest that an attempt may take, from the look-up of the name to the end of the answer. */
  attemptMs: number;
  /** A process that has not finished an attempt by then is dead: another one takes it up. Longer than an attempt and its writing. */
  leaseMs: number;
  /** How often it looks by itself. */
  pollMs: number;
  /** What a stop waits for attempts; those still under way are made again by another one, at once. */
  stopMs: number;
}

export const SENDING_LIMITS: SendingLimits = {
  attempts: 200,
  ofWebhook: 8,
  ofFailingWebhook: 1,
  ofAllFailing: 100,
  failingMs: 60_000,
  attemptMs: 15_000,
  leaseMs: 60_000,
  pollMs: 1_000,
  stopMs: 2_000,
};

/** A webhook that has failed for so long without one success is disabled. */
export const DISABLED_AFTER_MS = 5 * 86_400_000;
/** A webhook that succeeds after it has failed for so long is sent all that waits at once. */
export const RECOVERY_MS = 600_000;
