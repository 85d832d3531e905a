/** Monitors of one station that are kept; beyond, they are counted in its reports. */
export const MAX_MONITORS = 2_000;
/** A report whose next part does not come within this time is over. */
export const REPORT_TIMEOUT_MS = 600_000;
/** Monitors of one request: a station may have so many commands at once. */
export const MAX_ITEMS = 100;
/** Seconds, and values, after which a stream sends its values, at most. */
export const MAX_INTERVAL = 86_400;
export const MAX_VALUES = 1_000;
