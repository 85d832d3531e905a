import { readTopic as readAll, type TopicRecord } from '@voltbus/bus';
import { PUBLIC_TOPICS } from '@voltbus/contracts';
import { keepsContract } from '../public-contract';

/** Every record of a topic as it stands now. A public topic must keep its contract. */
export async function readTopic(brokers: string[], topic: string): Promise<TopicRecord[]> {
  const records = await readAll(brokers, topic);
  if (PUBLIC_TOPICS.some((known) => known.topic.name === topic))
    for (const { value, headers } of records) keepsContract({ topic, type: headers['ce_type'] ?? '', value: JSON.parse(value) });
  return records;
}
