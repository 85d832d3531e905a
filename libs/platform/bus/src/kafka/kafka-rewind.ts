import { noopTelemetry } from '@voltbus/telemetry';
import type { KafkaAccess } from './kafka-access';
import { ASK_RETRY, KafkaAdmin, kafkaClient } from './kafka-client';

/** Setting the offsets of one group is given up after so long. */
const GROUP_MS = 30_000;

interface RewindOptions {
  brokers: readonly string[];
  access: KafkaAccess;
  /** Which groups; others stay where they are. */
  chosen(group: string): boolean;
  /** Epoch milliseconds, by the clock of the brokers. */
  to: number;
}

/**
 * Sets consumer groups back to the first record that the brokers took at or after the instant, never forward, and returns their names. Rejects, before anything
 * is changed, where one of them has members: they would commit over it.
 */
export async function rewindGroups({ brokers, access, chosen, to }: RewindOptions): Promise<string[]> {
  const admin = new KafkaAdmin(
    kafkaClient({ brokers, clientId: 'voltbus-rewind', logger: noopTelemetry.logger, access, retry: ASK_RETRY }),
  );
  try {
    const groups = await admin.ask(async (one) => {
      const ids = (await one.listGroups()).groups.map(({ groupId }) => groupId).filter(chosen);
      const { groups: described } = ids.length === 0 ? { groups: [] } : await one.describeGroups(ids);
      const busy = described.filter(({ members }) => members.length > 0).map(({ groupId }) => groupId);
      if (busy.length > 0) throw new Error(`stop the processes that read them first: ${busy.join(', ')}`);
      return ids.sort();
    }, GROUP_MS);
    for (const group of groups) await admin.ask((one) => rewind(one, group, to), GROUP_MS);
    return groups;
  } finally {
    await admin.close();
  }
}

async function rewind(admin: Parameters<Parameters<KafkaAdmin['ask']>[0]>[0], groupId: string, to: number): Promise<void> {
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId })) {
    const first = new Map(
      (await admin.fetchTopicOffsetsByTimestamp(topic, to)).map(({ partition, offset }) => [partition, BigInt(offset)]),
    );
    const back = partitions.flatMap(({ partition, offset }) => {
      const target = first.get(partition);
      return target !== undefined && target >= 0n && target < BigInt(offset) ? [{ partition, offset: String(target) }] : [];
    });
    if (back.length > 0) await admin.setOffsets({ groupId, topic, partitions: back });
  }
}
