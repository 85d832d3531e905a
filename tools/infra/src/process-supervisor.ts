import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startKafka, startPostgres, startRedis } from './start';
import type { Server } from './server';

/** The servers that `npm run infra -- up` left running, and the process that supervises them. */
export interface Supervised {
  pid: number;
  brokers: string[];
  redisUrl: string;
  postgresUrl: string;
  postgresAdminUrl: string | null;
}

/** Starts all three servers, writes their addresses to `infra.json`, and stops them when a signal comes. */
export async function supervise(folder: string, environment: NodeJS.ProcessEnv, log: (text: string) => void): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const common = { dataDir: folder, keep: true, log, host: environment['VOLTBUS_INFRA_HOST'] };
  const started: Server[] = [];
  const up = async <T extends Server>(starting: Promise<T>): Promise<T> => {
    const server = await starting;
    started.push(server);
    return server;
  };
  const stop = async (code: number): Promise<void> => {
    rmSync(fileOf(folder), { force: true });
    await Promise.all(started.map((server) => server.stop()));
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop(0));
  const timer = setInterval(() => undefined, 60_000); // the servers' child processes are not waited for
  try {
    const [kafka, redis, postgres] = await Promise.all([
      up(startKafka({ ...common, given: environment['VOLTBUS_KAFKA_BROKERS'] })),
      up(startRedis({ ...common, given: environment['VOLTBUS_REDIS_URL'] })),
      up(startPostgres({ ...common, given: environment['VOLTBUS_DATABASE_URL'] })),
    ]);
    const { url: postgresUrl, adminUrl: postgresAdminUrl } = postgres;
    write(folder, { pid: process.pid, brokers: kafka.brokers, redisUrl: redis.url, postgresUrl, postgresAdminUrl });
  } catch (error) {
    clearInterval(timer);
    log(error instanceof Error ? error.message : String(error));
    await stop(1);
  }
}

/** Reads which servers run on this folder; null when none do. */
export function supervised(folder: string): Supervised | null {
  if (!existsSync(fileOf(folder))) return null;
  const found = JSON.parse(readFileSync(fileOf(folder), 'utf8')) as Supervised; // written by `supervise`
  return alive(found.pid) ? found : null;
}

export function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function write(folder: string, facts: Supervised): void {
  const half = `${fileOf(folder)}.half`;
  writeFileSync(half, `${JSON.stringify(facts)}\n`, { mode: 0o600 });
  renameSync(half, fileOf(folder));
}

function fileOf(folder: string): string {
  return join(folder, 'infra.json');
}
