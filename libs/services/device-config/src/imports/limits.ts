/** Items of one import; 413 beyond. Its bytes are bounded by `MAX_LINES_BYTES` of the HTTP library. */
export const MAX_ITEMS = 50_000;
/** Bytes of one item; the whole import is refused beyond, because its end is not known. */
export const MAX_ITEM_BYTES = 65_536;
/** Imports of a tenant that have not ended; 429 beyond. */
export const MAX_WAITING = 5;
/** Imports of a tenant that are kept; a new one removes the oldest that has ended. */
export const MAX_KEPT = 25;
/** Days for which an import and its results are kept. */
export const KEPT_DAYS = 30;
