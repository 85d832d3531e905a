/** Stations that are asked to forget one token: those at which it charged, the last ones first. */
export const MAX_STATIONS = 5_000;
/** Steps of some pages each that one page of an export looks through; it may be empty, and tell where to go on. */
export const MAX_STEPS = 20;
/** Rows after which a page of an export ends; one step may add as many as it finds. */
export const ENOUGH_ROWS = 200;
