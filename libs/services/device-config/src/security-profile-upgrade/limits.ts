const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Attempts at one step without a usable answer. */
export const MAX_TRIES = 5;
/** Before the second attempt; the n-th waits n times as long. */
export const FIRST_RETRY_MS = 5 * MINUTE_MS;
/** After a command that was not sent: the station had just gone, or too many others waited for it. */
export const NOT_SENT_RETRY_MS = MINUTE_MS;
/** Every command has a result long before. */
export const LOST_RESULT_MS = 60 * MINUTE_MS;
/** An upgrade that has changed nothing at the station ends then. */
export const EXPIRE_MS = 30 * 24 * HOUR_MS;
/** One that a campaign has started ends when its station could not be sent a step for so long: nobody is asked hours after the window of the campaign. */
export const DELIVER_MS = 5 * MINUTE_MS;
/** A station that has taken the new profile is given that long to come back with it; it may try several times, and fall back (A05, 1.6 A05.FR.08). */
export const RECONNECT_MS = 15 * MINUTE_MS;
/** The same where it has only scheduled its reset: it waits until nobody charges. */
export const SCHEDULED_MS = 24 * HOUR_MS;
/** A station that may have the new profile and has to be asked something is waited for that long: then an operator decides. */
export const AWAY_MS = 24 * HOUR_MS;
/** Before a command that was stored is published again, because its process may have died. */
export const REPUBLISH_MS = 30_000;
/** Upgrades that one sweep looks at, and the time between two. */
export const BATCH = 100;
export const SWEEP_INTERVAL_MS = 5_000;
/** Slots for network profiles that are tried where the station does not tell which it has. */
export const MAX_SLOT = 9;
/** Characters of the address of the CSMS: 2.0.1 has 512, 2.1 has 2,000. */
export const MAX_URL = 512;
/** Longest order of slots that is kept of a station. */
export const MAX_ORDER = 200;
