/** Monitors of one station that are kept; beyond, they are counted in its reports. */
export const MAX_MONITORS = 2_000;
/** A report whose next part does not come within this time is over. */
export const REPORT_TIMEOUT_MS = 600_000;
