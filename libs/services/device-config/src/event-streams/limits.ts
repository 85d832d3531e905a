/** Streams of one station that are open at once; beyond, one that it opens is rejected. */
export const MAX_STREAMS = 100;
/** Streams of one station that are remembered, those that are closed among them; the one that was closed first goes. */
export const MAX_REMEMBERED = 300;
/** Values of one message that are kept; the rest are counted. */
export const MAX_VALUES_OF_MESSAGE = 1_000;
/** Values of one stream that are kept: an hour of one each second at once, and one in two seconds for ever. */
export const STREAM_ALLOWANCE = { burst: 3_600, perDay: 43_200 };
/** Characters of a value; the rest is cut. */
export const MAX_VALUE_LENGTH = 500;
