import type { Schema } from './accepts';

/** The paths of all members that a value may have, such as `/cost/total` or `/periods[]/kind`, in whichever alternative. */
export function memberPaths(root: Schema): ReadonlySet<string> {
  const paths = new Set<string>();
  const walk = (schema: Schema, path: string): void => {
    const target = schema.$ref === undefined ? undefined : root.$defs?.[schema.$ref.replace('#/$defs/', '')];
    if (target !== undefined) walk(target, path);
    for (const one of schema.anyOf ?? []) walk(one, path);
    if (schema.items !== undefined) walk(schema.items, `${path}[]`);
    for (const [name, member] of Object.entries(schema.properties ?? {})) {
      paths.add(`${path}/${name}`);
      walk(member, `${path}/${name}`);
    }
  };
  walk(root, '');
  return paths;
}
