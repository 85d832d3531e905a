const MINUTE_MS = 60_000;

/** Values that one campaign sets. */
export const MAX_SET_VALUES = 50;
/** A job ends when its station could not be sent anything for so long: nobody is asked hours after the window of the campaign. */
export const DELIVER_MS = 5 * MINUTE_MS;
/** Times that a message is sent to a station that does not answer; before the n-th repeat, n times this pause. */
export const SET_TRIES = 3;
export const SILENT_RETRY_MS = 10 * MINUTE_MS;
/** After a command that was not sent: the station had just gone, or too many others waited for it. */
export const NOT_SENT_RETRY_MS = MINUTE_MS;
/** Every command has a result long before. */
export const LOST_RESULT_MS = 60 * MINUTE_MS;
/** Before a command that was stored is published again, because its process may have died. */
export const REPUBLISH_MS = 30_000;
/** Jobs that one look brings forward. */
export const SETTINGS_BATCH = 200;
/** Hours after which what is not set is not set any more where nothing else is asked for, and at most. */
export const SETTING_HOURS = { usual: 24, most: 168 };
