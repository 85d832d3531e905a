import { ConfigResourceTypes, type Admin } from 'kafkajs';
import { type Topic } from '@voltbus/contracts';
import { MAX_VALUE_BYTES } from '../port';

/** The largest record, what a send gathers beside it (`send-queue.ts`), and the batch's own bytes, with room. */
const MAX_MESSAGE_BYTES = 2 * MAX_VALUE_BYTES;
const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;

/** Creates the topics that are missing; existing topics stay as they are (`checkTopics` reports their faults). */
export async function createTopics(admin: Admin, topics: readonly Topic[], replication: number): Promise<void> {
  const there = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !there.has(topic.name));
  if (missing.length === 0) return;
  await admin.createTopics({
    waitForLeaders: false, // with KRaft it fails while the new topic is on its way to the broker that is asked
    topics: missing.map((topic) => ({
      topic: topic.name,
      numPartitions: topic.partitions,
      replicationFactor: replication,
      configEntries: Object.entries(configOf(topic, replication)).map(([name, value]) => ({ name, value })),
    })),
  });
}

/** Returns every difference between the topics and the design as a text. */
export async function topicProblems(admin: Admin, topics: readonly Topic[], replication: number): Promise<string[]> {
  const there = new Set(await admin.listTopics());
  const present = topics.filter((topic) => there.has(topic.name));
  const problems = topics.filter((topic) => !there.has(topic.name)).map((topic) => `topic ${topic.name} is missing`);
  if (present.length === 0) return problems;
  const metadata = await admin.fetchTopicMetadata({ topics: present.map((topic) => topic.name) });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: present.map((topic) => ({ type: ConfigResourceTypes.TOPIC, name: topic.name })),
  });
  for (const topic of present) {
    const partitions = metadata.topics.find((one) => one.name === topic.name)?.partitions ?? [];
    const config = new Map(
      resources.find((one) => one.resourceName === topic.name)?.configEntries.map((entry) => [entry.configName, entry.configValue]),
    );
    problems.push(
      ...partitionProblems(
        topic,
        partitions.map((partition) => partition.replicas.length),
        replication,
      ),
      ...configProblems(topic, config),
    );
  }
  return problems;
}

function configOf(topic: Topic, replication: number): Record<string, string> {
  return {
    'cleanup.policy': 'delete',
    'retention.ms': String(topic.retentionMs),
    // Only closed segments are deleted: without this an hour's retention keeps a week.
    'segment.ms': String(Math.min(WEEK, Math.max(10 * MINUTE, Math.floor(topic.retentionMs / 6)))),
    'max.message.bytes': String(MAX_MESSAGE_BYTES),
    // The broker's clock, not the producers': `passed(instant)` looks offsets up by time.
    'message.timestamp.type': 'LogAppendTime',
    'min.insync.replicas': replication > 2 ? '2' : '1',
  };
}

function partitionProblems(topic: Topic, replicas: readonly number[], replication: number): string[] {
  const problems: string[] = [];
  if (replicas.length !== topic.partitions)
    problems.push(
      `topic ${topic.name} has ${replicas.length} partitions instead of ${topic.partitions}: stations would move to other partitions (docs/how-to/change-the-number-of-partitions.md)`,
    );
  const least = Math.min(...replicas);
  if (least < replication) problems.push(`topic ${topic.name} has ${least} replicas instead of ${replication}`);
  return problems;
}

function configProblems(topic: Topic, config: ReadonlyMap<string, string>): string[] {
  const problems: string[] = [];
  const policy = config.get('cleanup.policy') ?? 'delete';
  if (policy !== 'delete')
    problems.push(`topic ${topic.name} has cleanup.policy=${policy} instead of delete: keys are stations, compaction would lose records`);
  const retention = Number(config.get('retention.ms') ?? -1);
  if (retention >= 0 && retention < topic.retentionMs)
    problems.push(`topic ${topic.name} keeps records ${retention} ms instead of ${topic.retentionMs}`);
  const largest = Number(config.get('max.message.bytes') ?? MAX_MESSAGE_BYTES);
  if (largest < MAX_MESSAGE_BYTES) problems.push(`topic ${topic.name} has max.message.bytes=${largest} instead of ${MAX_MESSAGE_BYTES}`);
  const clock = config.get('message.timestamp.type') ?? 'LogAppendTime';
  if (clock !== 'LogAppendTime') problems.push(`topic ${topic.name} has message.timestamp.type=${clock} instead of LogAppendTime`);
  return problems;
}
