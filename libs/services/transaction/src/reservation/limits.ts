/** Reservations of one station that are not over: more than any station has EVSEs. */
export const MAX_LIVE = 100;
/** How far ahead a reservation may expire. */
export const MAX_AHEAD_MS = 7 * 86_400_000;
/** A reservation that expires sooner than a station can be asked is refused. */
export const MIN_AHEAD_MS = 1_000;
/** Time between two sweeps for reservations that have expired, or that a station must be asked about again. */
export const UPKEEP_INTERVAL_MS = 5_000;
/** Reservations that one sweep ends, and that it asks stations about: the rest waits for the next one. */
export const MAX_SWEPT = 500;
/** After this time without the end of its command, a station is asked again. */
export const RESEND_MS = 120_000;
/** Time before a station is asked again that has not answered, or was not there. */
export const MIN_PAUSE_MS = 5_000;
export const MAX_PAUSE_MS = 900_000;
/** A station that reports a reservation as expired earlier than this before its time has given it up: its clock is wrong. */
export const EARLY_MS = 120_000;
/** Sessions are matched to reservations that expired so long before they were heard of: stations believe themselves offline for 90 days. */
export const MAX_LATE_MS = 90 * 86_400_000;
/** Attempts to draw a number that its station has not had: a second is needed once in millions. */
export const MAX_DRAWS = 5;
