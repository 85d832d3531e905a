import { ERASURE_WATCH_DAYS } from '@voltbus/database';

/** Parts of one report; OCPP lets each have 512 characters. A part with a higher number is not kept. */
export const MAX_PARTS = 2_000;
/** Characters of one report that are kept; the parts beyond are counted. */
export const MAX_CHARACTERS = 1_000_000;
/** Requests that one station may have open: each erased token is one. */
export const MAX_OPEN = 500;
/** Hours that a station may take for its report where nothing else is asked for. */
export const USUAL_RUN_HOURS = 1;
/**
 * Hours for which a station is waited for that shall forget an erased token: two days less than the erasure is watched, because the request itself names the
 * token until it has ended, and is looked at once a day.
 */
export const WAIT_HOURS_OF_ERASURE = (ERASURE_WATCH_DAYS - 2) * 24;
/** Characters of a customer identifier (2.0.1: customerIdentifier). */
export const MAX_IDENTIFIER = 64;
