/** Entries of one station that are kept: the statuses of months offline at once, and one in 17 seconds for ever. Repetitions of a state are no entries. */
export const HISTORY_ALLOWANCE = { burst: 5_000, perDay: 5_000 };
/** Characters of a status, a code or a vendor; what is longer is cut. */
export const MAX_CODE_LENGTH = 255;
/** Characters of an explanation; what is longer is cut. */
export const MAX_INFO_LENGTH = 500;
