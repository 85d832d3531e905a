import { startContainer } from './docker-container';
import { freePorts } from './free-ports';
import { askKafka, CLUSTER_ID, KAFKA_VERSION, nodeProperties } from './kafka-node';
import type { Server } from './server';

const IN_CONTAINER = 9092;
const DATA = '/var/lib/kafka/data';

/** Kafka in a container. `volume` keeps its records between runs. */
export async function startDockerKafka(host: string, volume: string | null, changed?: () => void): Promise<Server & { brokers: string[] }> {
  const [port = 0] = await freePorts(1);
  const broker = `${host}:${port}`;
  const properties = nodeProperties({ broker: `0.0.0.0:${IN_CONTAINER}`, advertised: broker, controller: 'localhost:9093', logDir: DATA });
  const server = await startContainer(
    {
      what: 'Kafka',
      image: `apache/kafka:${KAFKA_VERSION}`,
      port: { container: IN_CONTAINER, host: port },
      environment: { ...asEnvironment(properties), CLUSTER_ID, KAFKA_HEAP_OPTS: '-Xmx512m' },
      ...(volume === null ? {} : { volume: { source: volume, target: DATA } }),
      tryOnce: () => askKafka([broker]),
    },
    changed,
  );
  return Object.assign(server, { brokers: [broker] });
}

/** As the image wants its settings: `log.dirs` is `KAFKA_LOG_DIRS`. */
function asEnvironment(properties: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [`KAFKA_${name.toUpperCase().replaceAll('.', '_')}`, value]));
}
