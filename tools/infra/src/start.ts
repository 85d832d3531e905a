import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { dockerHost } from './docker-container';
import { startDockerKafka } from './docker-kafka';
import { startDockerRedis } from './docker-redis';
import { startNativeKafka } from './native-kafka';
import { startNativeRedis } from './native-redis';
import { startOwnPostgres, type PostgresServer } from './postgres';
import type { Server } from './server';

export interface ServerOptions {
  /** Where the server has its files, in a folder of its own below it. */
  dataDir: string;
  /** The address of one that is there already, from the environment: used as it is, never stopped. */
  given?: string | undefined;
  /** The address of this machine at which others reach the server, such as the pods of a cluster; then it runs in no container. Loopback by default. */
  host?: string | undefined;
  /** Its data are for the next run too. */
  keep?: boolean;
  /** Called with a text that names the choice. */
  log?(text: string): void;
  /** Called at every death and every return of the server. */
  changed?(): void;
}

export type KafkaServer = Server & { brokers: string[] };
export type RedisServer = Server & { url: string };

/** A Kafka: the one that is given, else in a container if a Docker daemon answers, else on this machine. Throws, with what to install. */
export async function startKafka({ dataDir, given, host, keep = false, log, changed }: ServerOptions): Promise<KafkaServer> {
  if (given !== undefined) return Object.assign(foreign('Kafka', given, log), { brokers: given.split(',') });
  const folder = resolve(dataDir, 'kafka');
  const docker = host === undefined ? await dockerHost() : null;
  log?.(`Kafka: ${docker === null ? `on this machine, its files in ${folder}` : 'in a container'}`);
  if (docker !== null) return startDockerKafka(docker, keep ? volumeFor(folder) : null, changed);
  return orAdvice(startNativeKafka(folder, changed, undefined, host), 'Install Java 17 and Maven', 'VOLTBUS_KAFKA_BROKERS');
}

/** A Redis: the one that is given, else in a container if a Docker daemon answers, else on this machine. Throws, with what to install. */
export async function startRedis({ dataDir, given, host, log, changed }: ServerOptions): Promise<RedisServer> {
  if (given !== undefined) return Object.assign(foreign('Redis', given, log), { url: given });
  const docker = host === undefined ? await dockerHost() : null;
  log?.(`Redis: ${docker === null ? 'on this machine' : 'in a container'}`);
  if (docker !== null) return startDockerRedis(docker, changed);
  return orAdvice(
    startNativeRedis(resolve(dataDir, 'redis'), changed, host),
    'Run `sudo apt-get install redis-server`',
    'VOLTBUS_REDIS_URL',
  );
}

/** A Postgres: the one that is given, else the embedded one, which needs nothing but the packages of this workspace. */
export async function startPostgres({ dataDir, given, host, keep = false, log, changed }: ServerOptions): Promise<PostgresServer> {
  if (given !== undefined) return Object.assign(foreign('Postgres', given, log), { url: given, adminUrl: null });
  log?.('Postgres: embedded, on this machine');
  return startOwnPostgres({ dataDir: join(resolve(dataDir), 'postgres'), durable: keep }, changed, host);
}

function foreign(what: string, given: string, log: ServerOptions['log']): Server {
  log?.(`${what}: as the environment says`);
  const not = (): Promise<never> => Promise.reject(new Error(`${what} at ${new URL(addressOf(given)).host} is not ours to stop or start`));
  return { pid: null, stop: () => Promise.resolve(), signal: not, restart: not };
}

/** Whatever was given, without the password it may carry. */
function addressOf(given: string): string {
  return given.includes('://') ? given : `tcp://${given.split(',')[0]}`;
}

function volumeFor(folder: string): string {
  return `voltbus-kafka-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
}

async function orAdvice<T>(starting: Promise<T>, advice: string, setting: string): Promise<T> {
  try {
    return await starting;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${why}\n${advice}, start a Docker daemon, or name a server in ${setting}.`, { cause: error });
  }
}
