import { type Admin } from 'kafkajs';

/** A partition as a consumer follows it. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  /** First offset that was not handled yet. */
  next: bigint;
  /** Offset after the last record, as last seen. */
  end: bigint;
}

export function positionId(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

/** Offsets after the last records of these topics. */
export async function endOffsets(admin: Admin, topics: Iterable<string>): Promise<Map<string, { low: bigint; end: bigint }>> {
  const offsets = new Map<string, { low: bigint; end: bigint }>();
  for (const topic of new Set(topics)) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
      offsets.set(positionId(topic, partition), { low: BigInt(low), end: BigInt(high) });
  }
  return offsets;
}

/** Records not handled yet; looks the ends up. */
export async function lagOf(admin: Admin, positions: readonly Position[]): Promise<number> {
  const ends = await endOffsets(
    admin,
    positions.map((position) => position.topic),
  );
  for (const position of positions) position.end = ends.get(positionId(position.topic, position.partition))?.end ?? position.end;
  return knownLag(positions);
}

export function knownLag(positions: readonly Position[]): number {
  return positions.reduce((sum, { next, end }) => sum + (end > next ? Number(end - next) : 0), 0);
}

/** What a group has committed, by position; -1 where it has committed nothing. */
export async function committedOffsets(
  admin: Pick<Admin, 'fetchOffsets'>,
  groupId: string,
  topics: readonly string[],
): Promise<Map<string, bigint>> {
  const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
  return new Map(
    committed.flatMap(({ topic, partitions }) => partitions.map(({ partition, offset }) => [positionId(topic, partition), BigInt(offset)])),
  );
}

/**
 * True when every record that the broker took before the instant was handled: by this member or, in other partitions,
 * by their owners.
 */
export async function passedByGroup(
  admin: Admin,
  { groupId, topics, own }: { groupId: string; topics: readonly string[]; own: readonly Position[] },
  instant: number,
): Promise<boolean> {
  const next = await committedOffsets(admin, groupId, topics);
  for (const position of own) next.set(positionId(position.topic, position.partition), position.next);
  for (const topic of topics) {
    const firstAfter = [...(await offsetsAt(admin, topic, instant))];
    if (firstAfter.some(([partition, offset]) => (next.get(positionId(topic, partition)) ?? -1n) < offset)) return false;
  }
  return true;
}

/** The first offset of each partition that the broker took at or after the instant. */
export async function offsetsAt(admin: Admin, topic: string, instant: number): Promise<Map<number, bigint>> {
  const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, instant);
  return new Map(offsets.map(({ partition, offset }) => [partition, BigInt(offset)]));
}

/** Whether everything that the broker took before the instant was handled. */
export async function passedBy(admin: Admin, positions: readonly Position[], instant: number): Promise<boolean> {
  for (const topic of new Set(positions.map((position) => position.topic))) {
    const firstAfter = await offsetsAt(admin, topic, instant);
    const behind = positions.some(
      (position) => position.topic === topic && position.next < (firstAfter.get(position.partition) ?? position.next),
    );
    if (behind) return false;
  }
  return true;
}
