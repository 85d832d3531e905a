import { FOLLOWER_GROUP_PREFIX, KEYED_PARTITIONS, TOPICS } from '@voltbus/contracts';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { RELEASE, type Context } from '../context';
import { inWords, whileCharging } from '../fleet';
import { until } from '../kubernetes';
import { COMPONENTS, deploymentOf, untilPods } from './disruptions';
import { demand, type Check } from './check';

const MORE = 60;
const NAMES = TOPICS.map(({ name }) => name);

export const partitions: Check = {
  name: 'partitions',
  about: 'another number of partitions is refused by the set-up Job, and raised as docs/how-to says: sessions go on over it',
  run: async (context) => {
    const { kubernetes, values, target } = context;
    const more = { ...values, kafka: { ...values.kafka, partitions: MORE } };
    const admin = new Kafka({ brokers: [...target.brokers], clientId: 'operator', logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      const report = await whileCharging(context, async () => {
        await kubernetes.upgradeFails(RELEASE, more, 120);
        const log = await kubernetes.kubectl(['logs', `job/${RELEASE}-setup`]);
        demand(log.includes(`has ${KEYED_PARTITIONS} partitions instead of ${MORE}`), `the set-up Job did not give the reason: ${log}`);
        await stopAfterLastRecord(context, admin);
        const keyed = TOPICS.filter(({ partitions: declared }) => declared === KEYED_PARTITIONS);
        await admin.createPartitions({ topicPartitions: keyed.map(({ name }) => ({ topic: name, count: MORE })) });
        await kubernetes.install(RELEASE, more);
      });
      return `refused, then ${KEYED_PARTITIONS} to ${MORE}; ${inWords(report)}`;
    } finally {
      await kubernetes.helm(['uninstall', RELEASE, '--wait', '--timeout', '180s']);
      await admin.deleteTopics({ topics: NAMES }); // their number can only be raised, and other runs want the default
      await admin.disconnect();
      await kubernetes.install(RELEASE, values);
    }
  },
};

/** First the gateways stop, then, when everything that they wrote was handled, the others. */
async function stopAfterLastRecord(context: Context, admin: Admin): Promise<void> {
  const stop = async (component: string): Promise<void> => {
    await context.kubernetes.kubectl(['scale', `deployment/${deploymentOf(component)}`, '--replicas=0']);
    await untilPods(context, component, 0);
  };
  await stop('gateway');
  await until('every record was handled', async () => (await lag(admin)) === 0n);
  for (const component of COMPONENTS) await stop(component);
  demand((await lag(admin)) === 0n, 'the services wrote more when they stopped');
}

/** Records that consumer groups have not handled yet. */
async function lag(admin: Admin): Promise<bigint> {
  const { groups } = await admin.listGroups();
  let records = 0n;
  for (const { groupId } of groups.filter((group) => !group.groupId.startsWith(FOLLOWER_GROUP_PREFIX)))
    for (const { topic, partitions: handled } of await admin.fetchOffsets({ groupId })) {
      if (!NAMES.includes(topic)) continue;
      const ends = new Map(
        (await admin.fetchTopicOffsets(topic)).map(({ partition, high, low }) => [partition, { high: BigInt(high), low: BigInt(low) }]),
      );
      for (const { partition, offset } of handled) {
        const { high = 0n, low = 0n } = ends.get(partition) ?? {};
        records += high - (BigInt(offset) < low ? low : BigInt(offset));
      }
    }
  return records;
}
