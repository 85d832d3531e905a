/** Exclusions of a tenant. */
export const MAX_EXCLUSIONS = 10_000;
