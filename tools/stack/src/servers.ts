import {
  startKafka,
  startPostgres,
  startRedis,
  type KafkaServer,
  type PostgresServer,
  type RedisServer,
  type Server,
} from '@voltbus/infra';

export interface StackServers {
  kafka: KafkaServer;
  redis: RedisServer;
  postgres: PostgresServer;
}

/** Kafka, Redis and Postgres: what the environment names, else real servers of our own. When one cannot be had, the others are stopped. */
export async function startServers(
  dataDir: string,
  environment: NodeJS.ProcessEnv,
  say: (text: string) => void,
  changed: () => void,
): Promise<StackServers> {
  const common = { dataDir, keep: true, say, changed };
  const starting = [
    startKafka({ ...common, given: environment['VOLTBUS_KAFKA_BROKERS'] }),
    startRedis({ ...common, given: environment['VOLTBUS_REDIS_URL'] }),
    startPostgres({ ...common, given: environment['VOLTBUS_DATABASE_URL'] }),
  ] as const;
  try {
    const [kafka, redis, postgres] = await Promise.all(starting);
    return { kafka, redis, postgres };
  } catch (error) {
    await Promise.all(starting.map((one: Promise<Server>) => one.then((server) => server.stop()).catch(() => undefined)));
    throw error;
  }
}
