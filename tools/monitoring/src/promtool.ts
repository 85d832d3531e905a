import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const CACHE = resolve(__dirname, '../../../.cache');
const DOWNLOAD_MS = 300_000;

/**
 * The folder of Prometheus's programs: empty where they are on the path, else that of Debian's package, unpacked once into `.cache` and not installed. Null
 * where neither can be had.
 */
export function prometheusFolder(): string | null {
  if (spawnSync('promtool', ['--version']).status === 0 && spawnSync('prometheus', ['--version']).status === 0) return '';
  const folder = join(CACHE, 'prometheus');
  if (!existsSync(folder) && !unpackTo(folder)) return null;
  return join(folder, 'usr/bin/');
}

/** The folder appears as a whole or not at all, as several processes may want it at once. */
function unpackTo(folder: string): boolean {
  const half = `${folder}.${process.pid}`;
  mkdirSync(half, { recursive: true });
  try {
    const download = () => execFileSync('apt-get', ['-q', 'download', 'prometheus'], { cwd: half, timeout: DOWNLOAD_MS, stdio: 'pipe' });
    try {
      download();
    } catch {
      execFileSync('apt-get', ['-q', 'update'], { timeout: DOWNLOAD_MS, stdio: 'pipe' });
      download();
    }
    const [packed = ''] = readdirSync(half);
    execFileSync('dpkg-deb', ['-x', join(half, packed), half], { timeout: DOWNLOAD_MS, stdio: 'pipe' });
    rmSync(join(half, packed));
    renameSync(half, folder);
    return true;
  } catch {
    return existsSync(folder); // another process may have been first
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
}
