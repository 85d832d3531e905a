import type { Module } from './module-graph';

/** A file of a block that imports the inside of another block. */
interface InsideImport {
  importer: string;
  imported: string;
}

const PLACE = /^(libs\/services\/[^/]+\/src\/[^/]+)\/(.+)$/;
const ENTRY_FILES: ReadonlySet<string> = new Set(['block.ts', 'index.ts']);

/** The folders directly in a service's `src` that have a `block.ts`. */
function blocks(graph: ReadonlyMap<string, Module>): string[] {
  return [...graph.keys()].flatMap((path) => {
    const [, folder, file] = PLACE.exec(path) ?? [];
    return folder !== undefined && file === 'block.ts' ? [folder] : [];
  });
}

/** Imports of a block's files other than `block.ts` and `index.ts` by another block of its service. */
export function insideImports(graph: ReadonlyMap<string, Module>): InsideImport[] {
  const known = new Set(blocks(graph));
  return [...graph.values()].flatMap(({ path, imports }) => {
    const own = PLACE.exec(path)?.[1];
    if (own === undefined || !known.has(own) || isForTests(path)) return [];
    return imports
      .filter(({ from }) => {
        const [, folder, file] = PLACE.exec(from) ?? [];
        return folder !== undefined && folder !== own && known.has(folder) && !ENTRY_FILES.has(file ?? '');
      })
      .map(({ from }) => ({ importer: path, imported: from }));
  });
}

function isForTests(path: string): boolean {
  return path.endsWith('.spec.ts') || path.includes('/testing/');
}
