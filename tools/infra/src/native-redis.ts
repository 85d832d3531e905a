import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, LOOPBACK } from './free-ports';
import { tailOf, withLog } from './log-file';
import { pingRedis } from './redis-node';
import { answering, childLife, serverOf, type Life, type Server } from './server';
import { outputOf } from './output-of';

const READY_SECONDS = 60;
const INSTALL_MS = 300_000;

/** `redis-server` on this machine, installed when missing. It keeps nothing on disk: what is in it may be lost. */
export async function startNativeRedis(folder: string, changed?: () => void, host = LOOPBACK): Promise<Server & { url: string }> {
  installRedis();
  mkdirSync(folder, { recursive: true });
  const [port = 0] = await freePorts(1);
  const server = await serverOf(() => launch(folder, host, port), changed);
  return Object.assign(server, { url: `redis://${host}:${port}` });
}

async function launch(folder: string, host: string, port: number): Promise<Life> {
  const logFile = join(folder, 'redis.log');
  const open = host === LOOPBACK ? [] : ['--protected-mode', 'no']; // it has no password: only who reaches the address may use it
  const args = ['--port', String(port), '--bind', host, ...open, '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = withLog(logFile, (log) => spawn('redis-server', args, { stdio: ['ignore', log, log], detached: true }));
  return answering('Redis', childLife(child), READY_SECONDS, { tryOnce: () => pingRedis(host, port), log: () => tailOf(logFile) });
}

/** Installs Debian's package where apt can; throws with a message for the operator where it cannot. */
export function installRedis(): void {
  if (spawnSync('redis-server', ['--version']).status === 0) return;
  try {
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'redis-server']])
      execFileSync('apt-get', ['-q', ...args], {
        stdio: 'pipe',
        timeout: INSTALL_MS,
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }, // it must not start one of its own
      });
  } catch (error) {
    throw new Error(`redis-server is not installed, and apt-get could not install it: ${outputOf(error)}`, { cause: error });
  }
}
