import { resolved, type Schema } from './accepts';

/** The paths of all members that a value may have, such as `/cost/total` or `/periods[]/kind`, in whichever alternative. */
export function memberPaths(root: Schema): ReadonlySet<string> {
  const paths = new Set<string>();
  const walk = (given: Schema, path: string): void => {
    const schema = resolved(given, root);
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
