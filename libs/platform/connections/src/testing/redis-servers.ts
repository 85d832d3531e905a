import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '@voltbus/testing';

const run = promisify(execFile);

/** A Redis that a spec may stop, freeze and empty, since it has it for itself. */
export class RedisServer {
  #process: ChildProcess | null = null;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly options: readonly string[],
  ) {}

  static async start(options: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'voltbus-redis-')), options);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const args = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--dir',
      this.folder,
      '--save',
      '',
      '--appendonly',
      'no',
      ...this.options,
    ];
    const child = spawn('redis-server', args, { stdio: 'ignore' });
    await once(child, 'spawn'); // rejects where redis-server is not installed
    this.#process = child;
    await until('the Redis server answers', async () => (await this.cli('PING').catch(() => '')) === 'PONG');
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Connections stay open and nothing answers. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  async cli(...args: string[]): Promise<string> {
    return (await run('redis-cli', ['-p', String(this.port), ...args], { timeout: 10_000 })).stdout.trim();
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Three masters without replicas, all slots served. */
export async function startRedisCluster(): Promise<RedisServer[]> {
  // Nodes that are frozen for seconds do not take each other for dead: a cluster that is thawed serves at once.
  const options = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '60000', '--cluster-require-full-coverage', 'no'];
  const servers = await Promise.all([0, 1, 2].map(() => RedisServer.start(options)));
  const [first] = servers;
  if (!first) throw new Error('no server was started');
  await first.cli('--cluster', 'create', ...servers.map(({ port }) => `127.0.0.1:${port}`), '--cluster-yes');
  await until('the cluster serves all slots', async () => {
    const states = await Promise.all(servers.map((server) => server.cli('CLUSTER', 'INFO')));
    return states.every((state) => state.includes('cluster_state:ok') && state.includes('cluster_known_nodes:3'));
  });
  return servers;
}

/** Below the range from which systems give outgoing connections theirs, and so is the port + 10000 of a cluster's node: a killed server finds them free. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 20_000);
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
  } catch {
    return false;
  }
  await new Promise((closed) => probe.close(closed));
  return true;
}
