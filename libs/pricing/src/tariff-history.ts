/** Something that held from an instant on (epoch milliseconds), until the next one of its kind; null where there was none. */
export interface Version<T> {
  since: number;
  value: T | null;
}

/**
 * What held at an instant. For sessions from before there ever was anything, the first counts: a change applies to sessions started after it,
 * but saying a price at last is no change (who means to give energy away says so, with a tariff of zero). `versions` in order of time.
 */
export function heldAt<T>(versions: readonly Version<T>[], at: number): T | null {
  const first = versions.findIndex(({ value }) => value !== null);
  const held = versions.findLastIndex(({ since }) => since <= at);
  return versions[Math.max(first, held)]?.value ?? null;
}

/** What held at an instant and nothing before its time: what is said of a group applies from then on. `versions` in order of time. */
export function heldSince<T>(versions: readonly Version<T>[], at: number): T | null {
  return versions.findLast(({ since }) => since <= at)?.value ?? null;
}
