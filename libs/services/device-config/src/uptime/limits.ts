/** Exclusions of a tenant. */
export const MAX_EXCLUSIONS = 10_000;
/** The first month that can be reported. */
export const FIRST_YEAR = 2020;
