import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { answering, freePorts, serverOf, type Server } from './server';

export interface RedisServer extends Server {
  url: string;
}

const READY_SECONDS = 10;
const INSTALL_MS = 300_000;

/** Debian's redis-server on this machine, installed when missing; it keeps nothing on disk: nothing in it needs to be kept. */
export async function startNativeRedis(dataDir: string): Promise<RedisServer> {
  installRedis();
  const folder = resolve(dataDir);
  mkdirSync(folder, { recursive: true });
  const [port = 0] = await freePorts(1);
  const server = await serverOf(() => launch(folder, port));
  return Object.assign(server, { url: `redis://127.0.0.1:${port}` });
}

async function launch(folder: string, port: number): Promise<ChildProcess> {
  const logFile = join(folder, 'redis.log');
  const log = openSync(logFile, 'a');
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
    { stdio: ['ignore', log, log], detached: true },
  );
  closeSync(log);
  child.unref();
  await answering(
    'Redis',
    child,
    READY_SECONDS,
    () => ping(port),
    () => readFileSync(logFile, 'utf8').slice(-2_000),
  );
  return child;
}

function ping(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      if (data.toString().startsWith('+PONG')) resolve();
      else reject(new Error(data.toString()));
    });
    socket.once('error', reject);
  });
}

/** Installs the server where apt can; says what to do where it cannot. */
export function installRedis(): void {
  if (spawnSync('redis-server', ['--version']).status === 0) return;
  try {
    execFileSync('apt-get', ['update', '-q'], { stdio: 'pipe', timeout: INSTALL_MS });
    execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'redis-server'], {
      stdio: 'pipe',
      timeout: INSTALL_MS,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    });
  } catch (error) {
    throw new Error(
      'redis-server is not installed and apt could not install it. Install it (`sudo apt-get install redis-server`), start a Docker daemon, or name a server in VOLTBUS_REDIS_URL.',
      { cause: error },
    );
  }
}
