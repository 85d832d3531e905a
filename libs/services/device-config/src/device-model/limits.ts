/** Variables that are kept of one station. The largest stations that are known have some 3,000. */
export const MAX_VARIABLES = 5_000;
/** Reports of one station that are remembered. */
export const MAX_REPORTS = 20;
/** Changes of a station's values that are kept. Monitors may send values every second, for ever. */
export const CHANGES_ALLOWANCE = { burst: 2_000, perDay: 2_000 };
/** Items of one PATCH: a station may have so many commands at once. */
export const MAX_ITEMS = 100;
/** Requests for a report that are made again because they did not reach the station. */
export const MAX_TRIES = 3;
/** Time before such a request is made again, times the tries so far. */
export const RETRY_MS = 300_000;
/** Time that a station has for itself after its boot. */
export const SETTLE_MS = 5_000;
