/** Bounds on what following the event stream waits for and holds. */
export interface StreamLimits {
  /** How long an open stream may be silent before it is taken for dead; the server sends a comment every 15 s. */
  idleMs: number;
  /** How long a server may take to answer with a stream. */
  connectMs: number;
  /** The pause before the first reconnect until the server names one (`retry:`); each further failure doubles it, and chance adds up to half of it. */
  firstPauseMs: number;
  /** Before chance adds to it; also where `Retry-After` asks for more. */
  longestPauseMs: number;
  /** How long it is tried to get a stream before the last error is thrown; Infinity: for ever. */
  giveUpMs: number;
  /** Characters of one event; a longer one ends the loop with UnexpectedAnswer. */
  eventLength: number;
}

export const STREAM_LIMITS: Readonly<StreamLimits> = {
  idleMs: 45_000,
  connectMs: 30_000,
  firstPauseMs: 3_000,
  longestPauseMs: 60_000,
  giveUpMs: 600_000,
  eventLength: 16 * 1_048_576,
};
