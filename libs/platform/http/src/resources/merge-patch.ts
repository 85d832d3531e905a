type Members = Readonly<Record<string, unknown>>;

/** RFC 7396: members of the patch replace those of the target, objects are merged, and null removes a member. Changes neither of them. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const kept = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) kept.delete(name);
    else kept.set(name, mergePatch(kept.get(name), value));
  }
  return Object.fromEntries(kept);
}

/** Not null and no array, as JSON has objects. */
export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
