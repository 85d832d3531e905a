import type { Admin } from 'kafkajs';
import { noopTelemetry } from '@voltbus/telemetry';
import type { KafkaAccess } from './kafka-access';
import { ASK_RETRY, KafkaAdmin, kafkaClient } from './kafka-client';
import { describedGroups } from './described-groups';
import { offsetsAt } from './positions';
import { setOffsets } from './set-offsets';

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
      const described = await describedGroups(one, chosen);
      const busy = described.filter(({ members }) => members.length > 0).map(({ groupId }) => groupId);
      if (busy.length > 0) throw new Error(`stop the processes that read them first: ${busy.join(', ')}`);
      return described.map(({ groupId }) => groupId).sort();
    }, GROUP_MS);
    for (const group of groups) await admin.ask((one) => rewind(one, group, to), GROUP_MS);
    return groups;
  } finally {
    await admin.close();
  }
}

async function rewind(admin: Admin, groupId: string, to: number): Promise<void> {
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId })) {
    const first = await offsetsAt(admin, topic, to);
    const back = partitions.flatMap(({ partition, offset }) => {
      const target = first.get(partition);
      return target !== undefined && target >= 0n && target < BigInt(offset) ? [{ partition, offset: String(target) }] : [];
    });
    if (back.length > 0) await setOffsets(admin, { groupId, topic, partitions: back });
  }
}
