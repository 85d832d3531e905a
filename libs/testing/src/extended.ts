/** An object with further members, for specs. What it does not have itself it takes from `whole`, which stays as it is. */
export function extended<T extends object, M extends object>(whole: T, more: M): T & M {
  return Object.assign(Object.create(whole) as T, more);
}
