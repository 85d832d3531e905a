import type { JsonSchema } from './json-schema';

/** Stands in the metadata of a controller for what is made when the API is described. */
const LATER = 'x-voltbus-later';

const makers: (() => object)[] = [];

/**
 * Keeps the place of a schema, or of an object with other keywords of OpenAPI: making all of them takes a second of every start, and most processes never
 * describe themselves. Nest copies what decorators keep, so that it is a number.
 */
export function later<T extends object = JsonSchema>(make: () => T): T {
  let made: T | undefined;
  return { [LATER]: makers.push(() => (made ??= make())) - 1 } as unknown as T; // what is read of it first is `withLater`'s
}

/** The document with everything in its place. Members that stand beside a place stay. */
export function withLater<T>(node: T): T {
  if (Array.isArray(node)) return node.map(withLater) as T;
  if (typeof node !== 'object' || node === null) return node;
  const { [LATER]: place, ...rest } = node as Record<string, unknown>;
  const members = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, withLater(value)]));
  return { ...members, ...(typeof place === 'number' ? makers[place]?.() : {}) } as T;
}
