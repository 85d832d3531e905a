/** Messages that are kept of one station, its own and ours: beyond, an operator is refused, and reported ones are counted. */
export const MAX_MESSAGES = 500;
/** Languages of one message: the content and four more (2.1). */
export const MAX_CONTENTS = 5;
/** Characters of a content: 2.1 has 1,024, 2.0.1 has 512. */
export const MAX_CONTENT = 1_024;
export const MAX_CONTENT_201 = 512;
/** Days for which a message is kept that is not at its station any more. */
export const ENDED_KEPT_DAYS = 90;
/** Time between two sweeps for stations that are to be asked what they show. */
export const SWEEP_INTERVAL_MS = 5_000;
/** Stations that one sweep asks. */
export const MAX_ASKED = 100;
/** Attempts to draw a number that its station has not had. */
export const MAX_DRAWS = 5;
