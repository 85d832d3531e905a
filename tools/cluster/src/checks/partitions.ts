import { FOLLOWER_GROUP_PREFIX, KEYED_PARTITIONS, TOPICS } from '@voltbus/contracts';
import type { Admin } from 'kafkajs';
import { RELEASE, type Context } from '../context';
import { inWords, whileCharging } from '../fleet';
import { withKafkaAdmin } from '../kafka-admin';
import { until } from '../kubernetes';
import { COMPONENTS, deploymentOf, untilPods } from './disruptions';
import { demand, type Check } from './check';

const MORE = 60;
/** Where messages and requests come in; the services work them off. */
const ENTRANCES = ['gateway', 'api'];
const SERVICES = COMPONENTS.filter((component) => !ENTRANCES.includes(component));
const MAX_TRIES = 4;
const NAMES = TOPICS.map(({ name }) => name);

export const partitions: Check = {
  name: 'partitions',
  about: 'another number of partitions is refused by the set-up Job, and raised as docs/how-to says: sessions go on over it',
  run: (context) => withKafkaAdmin(context.target.brokers, (admin) => raise(context, admin)),
};

async function raise(context: Context, admin: Admin): Promise<string> {
  const { kubernetes, values } = context;
  const more = { ...values, kafka: { ...values.kafka, partitions: MORE } };
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
    await kubernetes.install(RELEASE, values);
  }
}

/** First those stop that let something in, then, when everything was handled, the others. What they wrote at their end is handled before they stop again. */
async function stopAfterLastRecord(context: Context, admin: Admin): Promise<void> {
  await scaleAll(context, ENTRANCES, 0);
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    await until('every record was handled', async () => (await lag(admin)) === 0n);
    await scaleAll(context, SERVICES, 0);
    if ((await lag(admin)) === 0n) return;
    await scaleAll(context, SERVICES, 1);
  }
  throw new Error(`the services wrote more each of the ${MAX_TRIES} times that they stopped`);
}

async function scaleAll(context: Context, components: readonly string[], replicas: number): Promise<void> {
  await context.kubernetes.kubectl(['scale', ...components.map((one) => `deployment/${deploymentOf(one)}`), `--replicas=${replicas}`]);
  for (const component of components) await untilPods(context, component, replicas);
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
