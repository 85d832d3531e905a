import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { installRedis } from './debian-packages';
import { freePorts, LOOPBACK } from './free-ports';
import { tailOf, withLog } from './log-file';
import { pingRedis } from './redis-node';
import { answering, childLife, serverOf, type Life, type Server } from './server';

const READY_SECONDS = 60;

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
