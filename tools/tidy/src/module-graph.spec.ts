import { basename } from 'node:path';
import { insideImports } from './blocks';
import { importCircles } from './circles';
import declaredViolations from './declared-violations.json';
import { moduleGraph, type Module } from './module-graph';
import { unusedExports } from './unused-exports';

const declared: Readonly<Record<'circles' | 'unusedExports' | 'insideImports', readonly string[]>> = declaredViolations;

/** A graph of planted files. */
function planted(files: Readonly<Record<string, string>>): Map<string, Module> {
  return moduleGraph(
    Object.entries(files).map(([path, text]) => ({ path, text })),
    new Map([['@voltbus/b', 'libs/b/src/index.ts']]),
  );
}

/** A declared violation is tolerated until it is mended: then its entry must go. */
function expectOnly(found: readonly string[], tolerated: readonly string[]): void {
  expect({ new: found.filter((one) => !tolerated.includes(one)), mended: tolerated.filter((one) => !found.includes(one)) }).toEqual({
    new: [],
    mended: [],
  });
}

/** File names without folders, from the first by the alphabet: a circle is the same wherever its files are moved. */
function named(circle: string): string {
  const names = circle
    .split(' -> ')
    .slice(1)
    .map((path) => basename(path));
  const first = names.indexOf([...names].sort()[0] ?? '');
  return [...names.slice(first), ...names.slice(0, first)].join(' -> ');
}

const graph = moduleGraph();

describe('the files of the workspace', () => {
  it('import each other in no circle, types included', () => {
    expect(graph.size).toBeGreaterThan(500);
    const circles = importCircles(graph);
    const strangers = circles.filter((circle) => !declared.circles.includes(named(circle)));
    expect(strangers).toEqual([]);
    expectOnly(circles.map(named), declared.circles);
  });

  it('export nothing that no other file uses', () => {
    const unused = unusedExports(graph);
    const strangers = unused.filter(({ name }) => !declared.unusedExports.includes(name)).map(({ path, name }) => `${path}: ${name}`);
    expect(strangers).toEqual([]);
    expectOnly([...new Set(unused.map(({ name }) => name))], declared.unusedExports);
  });

  it('of a block import another block through its block.ts or index.ts only', () => {
    const found = insideImports(graph).map(({ importer, imported }) => `${importer} -> ${imported}`);
    expectOnly(found, declared.insideImports);
  });
});

describe('fixtures and contract suites', () => {
  it('stand in testing/', () => {
    const elsewhere = [...graph.keys()].filter(
      (path) => /-(?:fixture(?:\.module)?|contract)\.ts$/.test(path) && !path.includes('/testing/'),
    );
    expect(elsewhere).toEqual([]);
  });
});

describe('the module graph', () => {
  it('shows the whole circle, also of types and of three files', () => {
    const graph = planted({
      'libs/a/src/one.ts': "import type { Two } from './two';",
      'libs/a/src/two.ts': "export { three } from './three';",
      'libs/a/src/three.ts': "type One = import('./one').One;",
      'libs/a/src/four.ts': "import { one } from './one';",
    });
    expect(importCircles(graph)).toEqual(['libs/a/src/one.ts -> libs/a/src/two.ts -> libs/a/src/three.ts -> libs/a/src/one.ts']);
  });

  it('shows a circle between libraries', () => {
    const graph = planted({ 'libs/a/src/one.ts': "import '@voltbus/b';", 'libs/b/src/index.ts': "export * from '../../a/src/one';" });
    expect(importCircles(graph)).toEqual(['libs/a/src/one.ts -> libs/b/src/index.ts -> libs/a/src/one.ts']);
  });

  it('shows no circle where a file is reached by two ways', () => {
    const graph = planted({
      'libs/a/src/one.ts': "import './two'; import './three';",
      'libs/a/src/two.ts': "import './three';",
      'libs/a/src/three.ts': '',
    });
    expect(importCircles(graph)).toEqual([]);
  });

  it('shows an export that is used in its own file only, or nowhere', () => {
    const graph = planted({
      'libs/a/src/index.ts': "export { one } from './one'; export const open = 1;",
      'libs/a/src/one.ts': 'export const one = 1; export interface Two {} export const three: Two = one; export default three;',
      'libs/a/src/other.ts': "import * as all from './all'; import { three as renamed } from './one';",
      'libs/a/src/all.ts': 'export const used = 1;',
    });
    expect(unusedExports(graph)).toEqual([{ path: 'libs/a/src/one.ts', name: 'Two' }]);
  });

  it('shows an import of the inside of another block, but none of its index, none by a spec, and none by or of a folder that is no block', () => {
    const block = 'libs/services/s/src/metering';
    const graph = planted({
      [`${block}/block.ts`]: "import './store';",
      [`${block}/store.ts`]: '',
      'libs/services/s/src/limits/block.ts': '',
      'libs/services/s/src/store/migrations/index.ts': "import '../../metering/store';",
      'libs/services/s/src/limits/limits.ts': "import '../metering/store'; import '../metering/block'; import '../plain/thing';",
      'libs/services/s/src/limits/limits.spec.ts': "import '../metering/store';",
      'libs/services/s/src/plain/thing.ts': '',
    });
    expect(insideImports(graph)).toEqual([{ importer: 'libs/services/s/src/limits/limits.ts', imported: `${block}/store.ts` }]);
  });
});
