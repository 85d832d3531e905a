/** Every number that bounds the cost of copies. A frame that does not fit is not copied, and counted; no station waits for it. */

/** How long frames are gathered before they are published, milliseconds. */
export const GATHER_MS = 100;
/** Frames in the write buffer: some seconds of a full gateway. Beyond it the oldest are dropped. */
export const MAX_WAITING_FRAMES = 20_000;
/** The same in bytes. */
export const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** Frames in one record, and the bytes after which it is full: it shares the bus with what stations wait for. One record is under way at a time. */
export const MAX_RECORD_FRAMES = 500;
export const MAX_RECORD_BYTES = 128 * 1024;
/** A record that the bus has not taken after this time is given up, milliseconds. */
export const PUBLISH_MS = 5_000;
/** The frames of one connection that are copied. An honest station sends one in some seconds. */
export const COPY_RATE = { burst: 500, perSecond: 10 };
/** A payload up to this size is copied whole. */
export const MAX_SHOWN_BYTES = 32 * 1024;
/** The beginning of a larger payload is copied, unless it may hold a secret. */
export const SHOWN_OF_LARGE_BYTES = 2 * 1024;
/** Calls of one connection that wait for their answers, in both directions. */
export const MAX_UNANSWERED = 32;
/** How long a gateway that stops waits for the bus to take its last copies, milliseconds. */
export const LAST_COPIES_MS = 500;
