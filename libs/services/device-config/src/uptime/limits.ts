/** Exclusions of a tenant. */
export const MAX_EXCLUSIONS = 10_000;
/** Entries of one station's history that a report reads at once: a year of most stations, some megabytes. Beyond, it reads month by month. */
export const MAX_READ_AT_ONCE = 20_000;
