/** Reports of one station that are kept: a log of months after an offline time at once, and one in some minutes for ever. */
export const ALLOWANCE = { burst: 1_000, perDay: 1_000 };
/** Characters of a type and of an explanation, as OCPP 2.x has them; what is longer is cut. */
export const MAX_TYPE_LENGTH = 50;
export const MAX_INFO_LENGTH = 255;
