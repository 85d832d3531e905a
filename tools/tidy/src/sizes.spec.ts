import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { shipped } from './sources';

/** The ten longest files and functions, so that growth is seen and agreed to: `UPDATE_SIZES=1 npx jest tools/tidy` writes the list anew. */
const GOLDEN = join(__dirname, 'sizes.golden.json');
const LISTED = 10;
/** Room to breathe before the list must be looked at again. */
const ROOM = 10;

interface Size {
  name: string;
  lines: number;
}

const longest = (sizes: Size[]): Size[] =>
  sizes.sort((one, other) => other.lines - one.lines || one.name.localeCompare(other.name)).slice(0, LISTED);
const files = shipped().map(({ path, text }) => ({ name: path, lines: text.split('\n').length - 1 }));
const functions = shipped().flatMap(({ path, text }) => functionsOf(path, text));

function functionsOf(path: string, text: string): Size[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const found: Size[] = [];
  const line = (position: number): number => file.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    if ((ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isConstructorDeclaration(node)) && node.body) {
      const name = node.name?.getText(file) ?? 'constructor';
      found.push({ name: `${path} ${name}`, lines: line(node.end) - line(node.getStart(file)) + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

describe('the code', () => {
  const now = { files: longest([...files]), functions: longest([...functions]) };
  if (process.env['UPDATE_SIZES'] !== undefined || !existsSync(GOLDEN)) writeFileSync(GOLDEN, `${JSON.stringify(now, null, 2)}\n`);
  const agreed = JSON.parse(readFileSync(GOLDEN, 'utf8')) as typeof now;

  it('keeps nine files of ten under 200 lines', () => {
    const sorted = files.map(({ lines }) => lines).sort((one, other) => one - other);
    expect(sorted[Math.floor(sorted.length * 0.9)]).toBeLessThan(200);
  });

  it.each(['files', 'functions'] as const)('has no longer %s than were agreed to', (kind) => {
    const most = agreed[kind].at(-1)?.lines ?? 0;
    const grown = now[kind].filter(({ name, lines }) => lines > (agreed[kind].find((one) => one.name === name)?.lines ?? most) + ROOM);
    expect(grown).toEqual([]);
  });
});
