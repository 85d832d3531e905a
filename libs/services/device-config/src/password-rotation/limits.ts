const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Attempts without a usable answer, before the rotation waits for an operator. */
export const MAX_TRIES = 5;
/** Before the second attempt; the n-th waits n times as long. */
export const FIRST_RETRY_MS = 10 * MINUTE_MS;
/** After a command that was not sent: the station had just gone, or too many others waited for it. */
export const NOT_SENT_RETRY_MS = MINUTE_MS;
/** Every command has a result long before. */
export const LOST_RESULT_MS = 60 * MINUTE_MS;
/** A rotation that was never sent ends then. */
export const EXPIRE_MS = 30 * DAY_MS;
/** One that a campaign has started ends when it could not be sent for so long: nobody is asked hours after the window of the campaign. */
export const DELIVER_MS = 5 * MINUTE_MS;
/** A station that has accepted its new password and is still connected is disconnected then, so that it comes back with it. */
export const RECONNECT_MS = 30_000;
/** A station that has accepted its new password and has not connected with it is `unconfirmed` then. */
export const CONFIRM_MS = 60 * MINUTE_MS;
/** Before a command that was stored is published again, because its process may have died. */
export const REPUBLISH_MS = 30_000;
/** Rotations that one sweep looks at. */
export const BATCH = 100;
