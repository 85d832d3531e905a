import type { Admin, SeekEntry } from 'kafkajs';
import { committedOffsets, positionId } from './positions';

/** kafkajs sets offsets through a member that it ends with its first fetch, at times before it committed: tried so often. */
const SET_ATTEMPTS = 5;

type OffsetsAdmin = Pick<Admin, 'setOffsets' | 'fetchOffsets'>;

/** Sets the offsets of a group without members, and sees that it took them; rejects when it did not. */
export async function setOffsets(admin: OffsetsAdmin, wanted: { groupId: string; topic: string; partitions: SeekEntry[] }): Promise<void> {
  const { groupId, topic, partitions } = wanted;
  for (let attempt = 1; attempt <= SET_ATTEMPTS; attempt += 1) {
    await admin.setOffsets(wanted);
    const committed = await committedOffsets(admin, groupId, [topic]);
    if (partitions.every(({ partition, offset }) => committed.get(positionId(topic, partition)) === BigInt(offset))) return;
  }
  throw new Error(`the group ${groupId} did not take its offsets of ${topic} in ${SET_ATTEMPTS} attempts`);
}
