import {
  startKafka,
  startPostgres,
  startRedis,
  type KafkaServer,
  type PostgresServer,
  type RedisServer,
  type Server,
} from '@voltbus/infra';
import type { Settings } from '@voltbus/runtime';

export interface StackServers {
  kafka: KafkaServer;
  redis: RedisServer;
  postgres: PostgresServer;
}

/** Kafka, Redis and Postgres: those that the environment names, else servers of the stack's own. When one cannot start, the others are stopped. */
export async function startServers(
  dataDir: string,
  { KAFKA_BROKERS, REDIS_URL, DATABASE_URL }: Settings,
  log: (text: string) => void,
  onChanged: () => void,
): Promise<StackServers> {
  const common = { dataDir, keep: true, log, changed: onChanged };
  const starting = [
    startKafka({ ...common, given: KAFKA_BROKERS?.join(',') }),
    startRedis({ ...common, given: REDIS_URL }),
    startPostgres({ ...common, given: DATABASE_URL || undefined }),
  ] as const;
  try {
    const [kafka, redis, postgres] = await Promise.all(starting);
    return { kafka, redis, postgres };
  } catch (error) {
    await Promise.all(starting.map((one: Promise<Server>) => one.then((server) => server.stop()).catch(() => undefined)));
    throw error;
  }
}
