import { MATRIX, render } from '@voltbus/deployment';
import { Kafka, logLevel } from 'kafkajs';
import { demand, type Check } from './check';

export const lagGroups: Check = {
  name: 'lag-groups',
  about: 'every consumer group by whose lag KEDA would scale is at the brokers, and has offsets of what it is named for',
  run: async ({ target }) => {
    const wanted = kafkaTriggers();
    const admin = new Kafka({ brokers: [...target.brokers], clientId: 'operator', logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      const known = new Set((await admin.listGroups()).groups.map(({ groupId }) => groupId));
      for (const { consumerGroup, topic } of wanted) {
        demand(known.has(consumerGroup), `there is no group ${consumerGroup}`);
        const [offsets] = await admin.fetchOffsets({ groupId: consumerGroup, topics: [topic] });
        demand(
          (offsets?.partitions ?? []).some(({ offset }) => offset !== '-1'),
          `${consumerGroup} has no offset of ${topic}`,
        );
      }
      return `${wanted.length} groups`;
    } finally {
      await admin.disconnect();
    }
  },
};

interface KafkaTrigger {
  consumerGroup: string;
  topic?: string;
}

/** As the chart writes them for every worker. */
function kafkaTriggers(): KafkaTrigger[] {
  const [values = {}] = MATRIX['KEDA that asks Kafka'] ?? [];
  return render(values)
    .filter(({ kind }) => kind === 'ScaledObject')
    .flatMap(({ spec }) => (spec as { triggers: { type: string; metadata: KafkaTrigger }[] }).triggers)
    .flatMap(({ type, metadata }) => (type === 'kafka' ? [metadata] : []));
}
