/** Different statuses in a row that are kept of one request; the oldest go. */
export const MAX_STATUSES = 50;
/** Statuses of one station that are read: those of some updates at once, and one in a minute for ever. */
export const STATUS_ALLOWANCE = { burst: 500, perDay: 1_500 };
/** Requests of a kind that one station may have open; 409 beyond. */
export const MAX_OPEN = 5;
/** Times that a request is sent to a station that answers with an error, or not at all. */
export const MAX_TRIES = 3;
/** Before a request is sent again that did not reach its station. */
export const RETRY_MS = 60_000;
/** A command whose end is not heard of for so long is sent again under the same id; one that was not answered under another. */
export const UNANSWERED_MS = 600_000;
/** Time after its end in which a request whose command has no result is sent again under the same id: then its station may have it, or not. */
export const RESULT_GRACE_MS = 3 * UNANSWERED_MS;
/** Time that a station has for itself after its boot. */
export const SETTLE_MS = 10_000;
/** How long a failed request may still be shown to have succeeded: by a late boot with its firmware, or a late file. */
export const LATE_MS = 7 * 86_400_000;
/** Requests that one look sends, or ends. */
export const SWEEP_BATCH = 200;
/** Tries that a station may be told, and the seconds between them. */
export const MAX_RETRIES = 100;
export const MAX_RETRY_SECONDS = 86_400;
/** Hours for which a request waits for its station where nothing else is asked for, and at most. */
export const WAIT_HOURS = { usual: 168, most: 2_160 };
/** Hours that a station may take from its acceptance, or from the time that it was told to begin, and at most. */
export const RUN_HOURS = { usual: 24, most: 168 };
