import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DASHBOARD_FOLDER, generatedFiles } from './generated-files';

const ROOT = resolve(__dirname, '../../..');

/** The generated files that are missing, changed by hand, or of a dashboard that is no more. */
export function staleFiles(): string[] {
  const wanted = generatedFiles();
  const changed = Object.entries(wanted).filter(([path, content]) => contentOf(path) !== content);
  return [...changed.map(([path]) => path), ...leftovers(wanted)];
}

export function writeFiles(): void {
  const wanted = generatedFiles();
  for (const path of leftovers(wanted)) rmSync(join(ROOT, path));
  for (const [path, content] of Object.entries(wanted)) writeFileSync(join(ROOT, path), content);
}

function leftovers(wanted: Readonly<Record<string, string>>): string[] {
  return readdirSync(join(ROOT, DASHBOARD_FOLDER))
    .map((file) => `${DASHBOARD_FOLDER}/${file}`)
    .filter((path) => !(path in wanted));
}

function contentOf(path: string): string | null {
  return existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : null;
}
