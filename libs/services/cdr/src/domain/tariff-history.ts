/** Something that held from an instant on (epoch milliseconds), until the next one of its kind. */
export interface Version<T> {
  since: number;
  value: T;
}

/**
 * What held at an instant. For sessions from before there was anything, the first that ever held counts: a change applies to sessions started
 * after it, but having something at last is no change. `versions` in order of time.
 */
export function heldAt<T>(versions: readonly Version<T>[], at: number): T | null {
  const held = versions.findLast(({ since }) => since <= at) ?? versions[0];
  return held?.value ?? null;
}
