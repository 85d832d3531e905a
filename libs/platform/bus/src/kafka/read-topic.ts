import { randomUUID } from 'node:crypto';
import type { KafkaAccess } from './kafka-access';
import { kafkaClient } from './kafka-client';
import { noopTelemetry } from '@voltbus/telemetry';

/** A record as it stands in a topic. */
export interface TopicRecord {
  partition: number;
  offset: bigint;
  key: string;
  value: string;
  headers: Record<string, string>;
}

/** A broker that has just come back elects its leaders first. */
const RETRY = { retries: 60 };

/** Every record of a topic as it stands now, read from its beginning like any other team would; partition by partition, in order. For those who compare, not for those who consume. */
export async function readTopic(brokers: string[], topic: string, access: KafkaAccess = {}): Promise<TopicRecord[]> {
  const kafka = kafkaClient({ brokers, clientId: 'reader', logger: noopTelemetry.logger, access, retry: RETRY });
  const admin = kafka.admin();
  await admin.connect();
  const open = new Map(
    (await admin.fetchTopicOffsets(topic))
      .filter(({ low, high }) => BigInt(high) > BigInt(low))
      .map(({ partition, high }) => [partition, BigInt(high) - 1n]),
  );
  await admin.disconnect();
  const records: TopicRecord[] = [];
  if (open.size === 0) return records;
  const consumer = kafka.consumer({ groupId: `reader-${randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        autoCommit: false,
        eachMessage: async ({ partition, message }) => {
          const offset = BigInt(message.offset);
          records.push({
            partition,
            offset,
            key: String(message.key),
            value: String(message.value),
            headers: Object.fromEntries(Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)])),
          });
          if (offset >= (open.get(partition) ?? -1n)) open.delete(partition);
          if (open.size === 0) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return records.sort((one, other) => one.partition - other.partition || Number(one.offset - other.offset));
}
