/** Bounds on what event streams may cost one process. */
export interface EventStreamLimits {
  /** Open streams, and those of one tenant among them: each holds a socket. */
  streams: number;
  streamsPerTenant: number;
  /** Events buffered for a tenant: how far a client may lag before its stream is ended, and how much it may miss and still resume. */
  bufferedEvents: number;
  /** Of all tenants together; each has an equal share. */
  bufferedBytes: number;
  /** How long a tenant's events are buffered after its last stream ended. */
  idleBufferMs: number;
  /** Tenants whose events are buffered without an open stream. Beyond it, the one without a stream for longest goes. */
  idleBuffers: number;
  /** How long a client may read nothing although data waits for it. */
  stalledMs: number;
  /** Changed stations that wait to be read. Beyond it, the streams of their tenants are sent a gap. */
  changedStations: number;
}

export const EVENT_STREAM_LIMITS: EventStreamLimits = {
  streams: 1_000,
  streamsPerTenant: 100,
  bufferedEvents: 2_000,
  bufferedBytes: 64 * 1_048_576,
  idleBufferMs: 300_000,
  idleBuffers: 100,
  stalledMs: 60_000,
  changedStations: 20_000,
};

/** How often an open stream is sent a comment, because proxies cut off a silent connection. */
export const COMMENT_EVERY_MS = 15_000;
/** How often the keys and the progress of open streams are checked. */
export const CHECK_EVERY_MS = 1_000;
/** How often the stations of a caller that is limited to station groups are read again. */
export const REACH_EVERY_MS = 5_000;
/** How long a client is asked to wait before it reconnects. */
export const RETRY_MS = 3_000;
