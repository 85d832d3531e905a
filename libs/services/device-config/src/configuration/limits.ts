/** Profiles of a tenant. */
export const MAX_PROFILES = 100;
/** Values of one profile, and of one station's own. */
export const MAX_VALUES = 200;
/** Names in one condition of a profile. */
export const MAX_NAMES = 100;
/** Sets of one value that the station did not answer, or that did not reach it, before it has failed. */
export const MAX_TRIES = 3;
/** Checks in a row that a station does not answer: from then on its boots make no check, because it may boot at every one. */
export const MAX_UNREAD = 3;
/** Time before such a station is read again, where there is no scheduled check. */
export const UNREAD_HOURS = 24;
/** Before a check that could not be finished is made again. */
export const RETRY_MS = 600_000;
/** A check that takes longer has lost an answer: it ends and is made again. */
export const CHECK_TIMEOUT_MS = 600_000;
/** The scheduled check of a station comes this much earlier or later, so that a fleet is not checked at once. */
export const JITTER = 0.25;
/** Messages of one check of a station: the rest waits for the next. */
export const MAX_MESSAGES = 50;
/** Time that a station has for itself after its boot. */
export const SETTLE_MS = 10_000;
/** A value that the station changed back is set again no sooner: some stations reboot at every change. */
export const DRIFT_MS = 3_600_000;
