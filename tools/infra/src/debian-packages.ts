import { execFileSync, spawnSync } from 'node:child_process';
import { outputOf } from './output-of';

const INSTALL_MS = 300_000;

/** Installs what is missing of these programs, each from the Debian package of the name beside it, where apt can; throws with a message for the operator where it cannot. */
function installPrograms(packages: Readonly<Record<string, string>>): void {
  const missing = Object.keys(packages).filter((program) => spawnSync('which', [program]).status !== 0);
  if (missing.length === 0) return;
  const wanted = missing.flatMap((program) => packages[program] ?? []);
  try {
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...wanted]])
      execFileSync('apt-get', ['-q', ...args], {
        stdio: 'pipe',
        timeout: INSTALL_MS,
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }, // none may start a service of its own
      });
  } catch (error) {
    throw new Error(`${missing.join(', ')}: not installed, and apt-get could not install it: ${outputOf(error)}`, { cause: error });
  }
}

export function installRedis(): void {
  installPrograms({ 'redis-server': 'redis-server' });
}

/** Proxies that stations may be behind. Where they cannot be installed, the specs on them are skipped, and say so. */
export function installProxies(log: (text: string) => void): void {
  try {
    installPrograms({ haproxy: 'haproxy', nginx: 'nginx-light' });
  } catch (error) {
    log(error instanceof Error ? error.message : String(error));
  }
}
