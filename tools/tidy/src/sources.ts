import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../../..');

interface Source {
  /** From the root, with forward slashes. */
  path: string;
  text: string;
}

/** The TypeScript files that git knows or would add, without generated ones. */
export function sources(): Source[] {
  return everySource().filter(({ path }) => !path.includes('/generated/'));
}

/** The same with generated files. */
export function everySource(): Source[] {
  return tracked('*.ts').map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** Paths of the files that git knows or would add and that match a pattern. */
export function tracked(...patterns: readonly string[]): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns];
  const listed = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  return listed.split('\n').filter((path) => path !== '' && existsSync(join(ROOT, path)));
}

/** The sources that run in production: no specs, nothing of testing. */
export function shipped(): Source[] {
  return sources().filter(({ path }) => /^(apps|libs)\//.test(path) && !/\.spec\.ts$|\/e2e\/|\/testing\//.test(path));
}
