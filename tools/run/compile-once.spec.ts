import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'voltbus-compiled-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function moduleOf(name: string, source: string): string {
  const file = join(folder, name);
  writeFileSync(file, source);
  return file;
}
const load = (file: string): unknown => require(file);

const errorOf = (work: () => unknown): Error => {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
};

it('runs a module anew when it is loaded anew', () => {
  const counting = moduleOf('counting.cjs', 'globalThis.loaded = (globalThis.loaded ?? 0) + 1; module.exports = { state: [] };');
  const first = load(counting);
  expect(load(counting)).toBe(first);
  jest.resetModules();
  expect(load(counting)).not.toBe(first);
  expect((globalThis as { loaded?: number }).loaded).toBe(2);
});

it('shows where an error comes from, also on the first line', () => {
  const first = moduleOf('first.cjs', 'throw new Error("here");');
  const third = moduleOf('third.cjs', '\n\n  throw new Error("there");');
  expect(errorOf(() => load(first)).stack).toContain(`${first}:1:7`);
  expect(errorOf(() => load(third)).stack).toContain(`${third}:3:9`);
});

it('takes a module that begins as a program does', () => {
  expect(load(moduleOf('program.cjs', '#!/usr/bin/env node\nmodule.exports = 2;'))).toBe(2);
});

it('leaves it to Jest to say what is wrong with a module', () => {
  const broken = moduleOf('broken.cjs', 'module.exports = {;');
  expect(errorOf(() => load(broken)).stack).toContain('Jest encountered an unexpected token');
});
