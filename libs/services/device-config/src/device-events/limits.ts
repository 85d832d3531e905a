/** Events of one station that are kept: what was queued while it was offline at once, and one in some seconds for ever. */
export const EVENTS_ALLOWANCE = { burst: 10_000, perDay: 20_000 };
/** Alerts of one station that are open at once; beyond, events are kept and raise none. */
export const MAX_OPEN_ALERTS = 200;
/** Characters of a code. */
export const MAX_CODE_LENGTH = 255;
/** Characters of an explanation. */
export const MAX_INFO_LENGTH = 500;
