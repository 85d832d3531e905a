import { TOPICS } from '@voltbus/contracts';
import { KafkaBus, MemoryBus, type Bus } from '@voltbus/bus';
import { MemoryConnections, RedisConnections, type Connections } from '@voltbus/connections';
import type { Metrics, Logger } from '@voltbus/telemetry';
import { kafkaAccessOf, redisTlsOf } from './access-of-settings';
import { ConfigError, type Mode, type ProcessName } from '../settings/read-settings';
import type { Settings } from '../settings/settings';

interface Parts {
  name: ProcessName;
  mode: Mode;
  settings: Settings;
  logger: Logger;
  metrics: Metrics;
}

/** Kafka where brokers are named, else the in-process bus (standalone only: the cluster's settings demand brokers). A gateway has sockets to keep: it never leaves over Kafka. */
export function openBus({ name, settings, logger, metrics }: Parts): Bus {
  if (settings.KAFKA_BROKERS === undefined) return new MemoryBus({ logger, metrics });
  const onCrash = name === 'gateway' || name === 'standalone' ? 'rebuild' : 'exit';
  return new KafkaBus({
    logger,
    metrics,
    brokers: settings.KAFKA_BROKERS,
    access: kafkaAccessOf(settings),
    clientId: `${name}-${settings.POD_NAME}`,
    onCrash,
    replication: settings.TOPIC_REPLICATION,
    keyedPartitions: settings.TOPIC_PARTITIONS,
  });
}

export function openConnections({ settings, logger, metrics, name }: Parts): Connections {
  if (settings.REDIS_URL === undefined) return new MemoryConnections();
  return new RedisConnections({ url: settings.REDIS_URL, tls: redisTlsOf(settings), logger, metrics, connectionName: `voltbus-${name}` });
}

/**
 * Standalone makes its topics. In the cluster an operator has decided about partitions and replication, and a process
 * only logs differences.
 */
export async function readyTopics(bus: Bus, mode: Mode): Promise<void> {
  if (mode === 'standalone') return bus.ensureTopics(TOPICS);
  const problems = await bus.checkTopics(TOPICS);
  if (problems.length > 0) throw new ConfigError(problems);
}
