import { KafkaBus } from '@voltbus/bus';
import type { Topic } from '@voltbus/contracts';
import { noopTelemetry } from '@voltbus/telemetry';
import { Kafka, logLevel } from 'kafkajs';

export async function deleteTopic(brokers: string[], topic: string): Promise<void> {
  const admin = new Kafka({ brokers, clientId: 'chaos', logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    await admin.deleteTopics({ topics: [topic] });
  } finally {
    await admin.disconnect();
  }
}

/** Makes it as the stack does. */
export async function makeTopic(brokers: string[], topic: Topic): Promise<void> {
  const bus = new KafkaBus({ ...noopTelemetry, brokers, replication: 1, clientId: 'chaos', onCrash: 'rebuild' });
  try {
    await bus.ensureTopics([topic]);
  } finally {
    await bus.close();
  }
}
