import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Plain JavaScript: nothing is built yet when it runs. */
const { buildOnce, digestOfOutputs } = jest.requireActual<{
  buildOnce(root: string, build: () => void): void;
  digestOfOutputs(root: string): string;
}>('./built.cjs');

describe('the build before each command', () => {
  let root: string;
  let builds: number;
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const build = (): void =>
    buildOnce(root, () => {
      builds += 1;
      write('libs/one/dist/index.js', `${builds}`);
    });

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'voltbus-built-'));
    builds = 0;
    for (const file of ['apps/a/src/main.ts', 'libs/one/src/index.ts', 'libs/one/src/index.spec.ts', 'tools/t/src/t.ts', 'nx.json'])
      write(file, 'first');
    mkdirSync(join(root, 'node_modules'));
    build();
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('leaves outputs alone that are those of the sources', () => {
    build();
    expect(builds).toBe(1);
  });

  it.each([
    ['a source was changed', () => write('libs/one/src/index.ts', 'second')],
    ['a source was added', () => write('libs/one/src/new.ts', '')],
    ['a source was removed', () => rmSync(join(root, 'tools/t/src/t.ts'))],
    ['how things are built was changed', () => write('nx.json', '{"changed": true}')],
    ['an output was removed', () => rmSync(join(root, 'libs/one/dist'), { recursive: true })],
    ['an output was written by another build', () => write('libs/one/dist/index.js', 'of another')],
  ])('builds when %s', (_name, change) => {
    change();
    build();
    expect(builds).toBe(2);
  });

  it('builds again what was edited during a build', () => {
    write('apps/a/src/main.ts', 'second');
    buildOnce(root, () => write('apps/a/src/main.ts', 'third, while it builds'));
    build();
    expect(builds).toBe(2);
  });

  it('does not take the half of an output, which another build is writing, for a source', () => {
    write('libs/one/dist.4711/index.js', 'half');
    build();
    expect(builds).toBe(1);
  });

  it('does not build for a spec', () => {
    write('libs/one/src/index.spec.ts', 'another test');
    build();
    expect(builds).toBe(1);
  });
});

describe('the digest of outputs', () => {
  let root: string;
  const file = (folder: string) => join(root, 'libs/one', folder, 'index.js');
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'voltbus-built-'));
    for (const folder of ['apps', 'tools', 'libs/one/dist', 'libs/one/src']) mkdirSync(join(root, folder), { recursive: true });
    for (const folder of ['dist', 'src']) writeFileSync(file(folder), 'same');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it.each([
    ['changes when an output is written anew, even the same', 'dist', false],
    ['does not when a source is', 'src', true],
  ])('%s', (_name, folder, same) => {
    const before = digestOfOutputs(root);
    utimesSync(file(folder), new Date(), new Date(0));
    expect(digestOfOutputs(root) === before).toBe(same);
  });
});
