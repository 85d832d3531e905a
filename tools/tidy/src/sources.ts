import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../../..');

export interface Source {
  /** From the root, with forward slashes. */
  path: string;
  text: string;
}

/** TypeScript that people wrote: what git knows or would add, without what was generated. */
export function sources(): Source[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], { cwd: ROOT, encoding: 'utf8' });
  return listed
    .split('\n')
    .filter((path) => path !== '' && !path.includes('/generated/') && existsSync(join(ROOT, path)))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** What runs in production: no specs, no fixtures, no proofs. */
export function shipped(): Source[] {
  return sources().filter(
    ({ path }) =>
      /^(apps|libs)\//.test(path) &&
      !/(\.spec\.ts|\/e2e\/|\/testing\/|-contract\.ts|-fixture\.ts|-member-process\.ts|\/raw-peer\.ts|\/recording-gateway\.ts|\/redis-servers\.ts)/.test(
        path,
      ),
  );
}
