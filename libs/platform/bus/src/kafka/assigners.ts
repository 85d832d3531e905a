import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';
import { type Topic } from '@voltbus/contracts';

const { MemberAssignment, MemberMetadata } = AssignerProtocol;

/**
 * Shares each topic among the members that subscribe to it. kafkajs's own assigner knows only the topics of the leader,
 * so two subscriptions of one group to different topics would starve each other; here every member reports its topics
 * and their (frozen) partition counts with its request to join.
 */
export function sharedAssigner(topics: readonly Topic[]): PartitionAssigner {
  const counts = Object.fromEntries(topics.map((topic) => [topic.name, topic.partitions]));
  return () => ({
    name: 'voltbus-shared',
    version: 1,
    protocol: () => ({
      name: 'voltbus-shared',
      metadata: MemberMetadata.encode({
        version: 1,
        topics: topics.map((topic) => topic.name),
        userData: Buffer.from(JSON.stringify(counts)),
      }),
    }),
    assign: async ({ members }) => {
      const asked = members.map(({ memberId, memberMetadata }) => ({ memberId, counts: countsOf(memberMetadata) }));
      return [...share(asked)].map(([memberId, assignment]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({ version: 1, assignment, userData: Buffer.alloc(0) }),
      }));
    },
  });
}

/** Gives a group of one exactly these partitions. */
export function fixedAssigner(partitions: Readonly<Record<string, readonly number[]>>): PartitionAssigner {
  const assignment = Object.fromEntries(Object.entries(partitions).map(([topic, list]) => [topic, [...list]]));
  return () => ({
    name: 'voltbus-fixed',
    version: 1,
    protocol: () => ({
      name: 'voltbus-fixed',
      metadata: MemberMetadata.encode({ version: 1, topics: Object.keys(assignment), userData: Buffer.alloc(0) }),
    }),
    assign: async ({ members }) =>
      members.map(({ memberId }) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({ version: 1, assignment, userData: Buffer.alloc(0) }),
      })),
  });
}

/** Round and round over all topics, so that the first member does not get the remainder of each. */
export function share(
  members: readonly { memberId: string; counts: Readonly<Record<string, number>> }[],
): Map<string, Record<string, number[]>> {
  const sorted = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const shares = new Map<string, Record<string, number[]>>(sorted.map(({ memberId }) => [memberId, {}]));
  const topics = new Map<string, number>();
  for (const { counts } of sorted)
    for (const [topic, count] of Object.entries(counts)) topics.set(topic, Math.max(count, topics.get(topic) ?? 0));
  let turn = 0;
  for (const [topic, count] of [...topics].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const readers = sorted.filter(({ counts }) => counts[topic] !== undefined);
    for (let partition = 0; partition < count; partition++) {
      const reader = readers[turn++ % readers.length];
      const taken = reader && shares.get(reader.memberId);
      if (taken) (taken[topic] ??= []).push(partition);
    }
  }
  return shares;
}

function countsOf(metadata: Buffer): Record<string, number> {
  const counts: unknown = JSON.parse(MemberMetadata.decode(metadata)?.userData.toString() ?? '{}');
  return counts as Record<string, number>; // written above: members of a group run the same assigner, the broker sees to it by its name
}
