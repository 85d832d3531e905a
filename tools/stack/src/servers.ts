import { resolve, join } from 'node:path';
import { startNativeKafka, startNativeRedis, type Server } from '@voltbus/infra';
import { startEmbeddedPostgres } from '@voltbus/persistence';

/** A server the stack stands on: ours, to be killed and brought back, or somebody else's. */
export interface StackServer {
  readonly pid: number | null;
  stop(): Promise<void>;
  restart(): Promise<void>;
}

export interface StackServers {
  kafka: StackServer & { brokers: string[] };
  redis: StackServer & { url: string };
  postgres: StackServer & { url: string };
}

const CACHE = resolve(__dirname, '../../../.cache');

/** Kafka, Redis and Postgres: what the environment names, else real servers on this machine. */
export async function startServers(folder: string, environment: NodeJS.ProcessEnv, say: (text: string) => void): Promise<StackServers> {
  const { VOLTBUS_KAFKA_BROKERS: brokers, VOLTBUS_REDIS_URL: redisUrl, VOLTBUS_DATABASE_URL: databaseUrl } = environment;
  for (const [name, given] of Object.entries({ Kafka: brokers, Redis: redisUrl, Postgres: databaseUrl }))
    say(`${name}: ${given === undefined ? 'on this machine' : 'as the environment says'}`);
  const [kafka, redis, postgres] = await Promise.all([
    brokers === undefined
      ? startNativeKafka(join(folder, 'kafka'), CACHE).then((server) => Object.assign(ours(server), { brokers: server.brokers }))
      : { ...foreign('kafka'), brokers: brokers.split(',') },
    redisUrl === undefined
      ? startNativeRedis(join(folder, 'redis')).then((server) => Object.assign(ours(server), { url: server.url }))
      : { ...foreign('redis'), url: redisUrl },
    databaseUrl === undefined ? ownPostgres(join(folder, 'postgres')) : { ...foreign('postgres'), url: databaseUrl },
  ]);
  return { kafka, redis, postgres };
}

function ours(server: Server): StackServer {
  return {
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
    restart: () => server.restart(),
  };
}

function foreign(name: string): StackServer {
  return { pid: null, stop: () => Promise.resolve(), restart: () => Promise.reject(new Error(`${name} was not started by this stack`)) };
}

async function ownPostgres(dataDir: string): Promise<StackServers['postgres']> {
  let server = await startEmbeddedPostgres({ dataDir });
  return {
    url: server.url,
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
    restart: async () => {
      await server.stop();
      server = await startEmbeddedPostgres({ dataDir });
    },
  };
}
