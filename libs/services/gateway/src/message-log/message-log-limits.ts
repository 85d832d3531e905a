/** Every number that bounds what copies of frames can cost. What does not fit is not copied, and counted; no station waits for it. */

/** How long copies are gathered. */
export const GATHER_MS = 100;
/** Frames that wait to be copied: some seconds of a full gateway. Beyond, the oldest are dropped. */
export const MAX_WAITING_FRAMES = 20_000;
/** The same in bytes. */
export const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** Frames in one record, and the bytes after which it is full: it shares the bus with what stations wait for. One record is under way at a time. */
export const MAX_RECORD_FRAMES = 500;
export const MAX_RECORD_BYTES = 128 * 1024;
/** A record is given up after so long. */
export const PUBLISH_MS = 5_000;
/** Frames of one connection that are copied: as many at once, and as many a second for ever. An honest station has one in some seconds. */
export const COPY_RATE = { burst: 500, perSecond: 10 };
/** A payload up to this is shown whole. */
export const MAX_SHOWN_BYTES = 32 * 1024;
/** Of a larger one its beginning, unless there may be a secret in it. */
export const SHOWN_OF_LARGE_BYTES = 2 * 1024;
/** Calls of one connection whose answers are still awaited, in both directions. */
export const MAX_UNANSWERED = 32;
/** How long a gateway that stops waits for its last copies to be taken. */
export const LAST_COPIES_MS = 500;
