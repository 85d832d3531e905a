import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@voltbus/infra';

const INSTALL_MS = 180_000;

/** Whether a Python that can install packages is on this machine. */
export function hasPython(): boolean {
  const script = 'import sys, pip; sys.exit(0 if sys.version_info >= (3, 10) else 1)';
  return spawnSync('python3', ['-c', script], { stdio: 'ignore' }).status === 0;
}

/** A folder for PYTHONPATH with what a `requirements.txt` asks for; installed once, below `.cache/`. */
export function pythonPackages(requirementsFile: string): string {
  const version = execFileSync('python3', ['--version'], { encoding: 'utf8' });
  const hash = createHash('sha256').update(version).update(readFileSync(requirementsFile)).digest('hex').slice(0, 12);
  const folder = join(ROOT, '.cache', `python-${hash}`);
  if (existsSync(folder)) return folder;
  const half = `${folder}.${process.pid}`; // swapped in whole
  mkdirSync(half, { recursive: true });
  try {
    const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', half, '-r', requirementsFile];
    execFileSync('python3', args, { stdio: 'pipe', timeout: INSTALL_MS });
    renameSync(half, folder);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    if (!existsSync(folder)) throw new Error(`pip could not install what ${requirementsFile} asks for`, { cause: error });
  }
  return folder;
}
