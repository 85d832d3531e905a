/** Entries of one station that are kept: the statuses of months offline at once, and one in 17 seconds for ever. Repetitions of a state are no entries. */
export const HISTORY_ALLOWANCE = { burst: 5_000, perDay: 5_000 };
/** Characters of a status, a code or a vendor; what is longer is cut. */
export const MAX_CODE_LENGTH = 255;
/** Characters of an explanation; what is longer is cut. */
export const MAX_INFO_LENGTH = 500;
/** Places whose last report was beyond the allowance of their station, and is recorded later; of more, the oldest is forgotten. */
export const MAX_BEYOND = 10_000;
/** Of these, how many are tried at once. */
export const MAX_CAUGHT_UP = 500;
/** Time between two tries: the allowance of a station has grown by three entries. */
export const CATCH_UP_INTERVAL_MS = 60_000;
