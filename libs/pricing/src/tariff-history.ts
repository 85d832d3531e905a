/** A value that was valid from an instant on (epoch milliseconds) until the next version; null: there was none. */
export interface Version<T> {
  since: number;
  value: T | null;
}

/**
 * The value at an instant, from `versions` in order of time. A change applies to sessions that started after it. The first value applies also to
 * earlier sessions, as setting a price for the first time is no change; an operator who gives energy away sets a tariff of zero.
 */
export function heldAt<T>(versions: readonly Version<T>[], at: number): T | null {
  const first = versions.findIndex(({ value }) => value !== null);
  const held = versions.findLastIndex(({ since }) => since <= at);
  return versions[Math.max(first, held)]?.value ?? null;
}

/** The value at an instant, from `versions` in order of time. Assignments of groups apply from their own time on, never earlier. */
export function heldSince<T>(versions: readonly Version<T>[], at: number): T | null {
  return versions.findLast(({ since }) => since <= at)?.value ?? null;
}
