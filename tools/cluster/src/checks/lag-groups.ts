import { MATRIX, render } from '@voltbus/deployment';
import { withKafkaAdmin } from '../kafka-admin';
import { demand, type Check } from './check';

export const lagGroups: Check = {
  name: 'lag-groups',
  about: 'every consumer group by whose lag KEDA would scale is at the brokers, and has offsets of what it is named for',
  run: ({ target }) =>
    withKafkaAdmin(target.brokers, async (admin) => {
      const wanted = kafkaTriggers();
      const known = new Set((await admin.listGroups()).groups.map(({ groupId }) => groupId));
      for (const { consumerGroup, topic } of wanted) {
        demand(known.has(consumerGroup), `there is no group ${consumerGroup}`);
        const topics = topic === undefined ? consumerGroup.split(':').slice(1) : [topic];
        const read = (await admin.fetchOffsets({ groupId: consumerGroup })).map((one) => one.topic);
        demand(
          topics.some((one) => read.includes(one)),
          `${consumerGroup} has offsets of ${read.join(', ') || 'nothing'}`,
        );
      }
      return `${wanted.length} groups`;
    }),
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
