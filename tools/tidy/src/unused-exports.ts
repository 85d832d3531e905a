import type { Module } from './module-graph';

/** An export that no other file uses. */
interface UnusedExport {
  path: string;
  name: string;
}

/** Exports that no other file imports. What a public index exports is meant for others, so a re-export there is a use. */
export function unusedExports(graph: ReadonlyMap<string, Module>): UnusedExport[] {
  const used = new Map<string, Set<string>>();
  for (const { path, imports } of graph.values())
    for (const { from, names } of imports) {
      if (from === path) continue;
      const all = used.get(from) ?? new Set<string>();
      used.set(from, all);
      for (const name of names) all.add(name);
    }
  return [...graph.values()].flatMap(({ path, exports }) => {
    const names = used.get(path);
    if (isPublic(path) || names?.has('*')) return [];
    return exports.filter((name) => !names?.has(name)).map((name) => ({ path, name }));
  });
}

function isPublic(path: string): boolean {
  return path.endsWith('/index.ts') || path.includes('/generated/');
}
