/** How long a station or EVSE may take to come back from a reset that waits for nothing. */
export const CONFIRM_MS = 30 * 60_000;
/** Before it is looked again whether a station of 1.6 is idle: it knows no reset that waits. */
export const IDLE_LOOK_MS = 30_000;
/** Hours that a station may wait for the end of its sessions where nothing else is asked for. */
export const USUAL_RUN_HOURS = 24;
/** Hours for which a reset waits for its station where nothing else is asked for: one that comes much later surprises. */
export const USUAL_WAIT_HOURS = 1;
/** The highest number of an EVSE. */
export const MAX_EVSE = 10_000;
/** Resets of EVSEs that one look judges. */
export const EVSE_BATCH = 200;
/** States of one EVSE that are read for it. */
export const MAX_REPORTS = 100;
