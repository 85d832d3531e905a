/** Places of one station of which something is wanted. */
export const MAX_PLACES = 128;
/** Stations whose changes are sent at once by a look. */
export const AT_ONCE = 50;
/** Pages of as many stations that one look reads, of which most need nothing. */
export const MAX_PAGES = 20;
/** Time that a station has for itself after its boot. */
export const SETTLE_MS = 10_000;
/** A state that the station reported meanwhile is believed after this time: some report Available before Unavailable when a session ends. */
export const BELIEVED_MS = 30_000;
/** Time before a change is sent again, times the tries so far. */
export const RETRY_MS = 300_000;
/** Tries since the last boot of the station, or since an operator wanted it. */
export const MAX_TRIES = 3;
/** A command whose result is lost counts as not sent. */
export const RESULT_TIMEOUT_MS = 600_000;
