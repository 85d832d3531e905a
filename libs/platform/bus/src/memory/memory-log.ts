import { type BusRecord } from '../port';

/** A record in memory, and who has yet to handle it. */
export interface Stored {
  readonly record: BusRecord;
  readonly bytes: number;
  /** Groups that read the topic and have not passed it; it counts as waiting as long as there is one. */
  readonly unread: Set<string>;
  /** Groups whose commit the publisher waits for. */
  readonly unsettled: Set<string>;
  /** Resolves the publish. */
  settled(): void;
}

/** One partition: what is still kept of it, by offset. */
export class MemoryPartition {
  private readonly kept: Stored[] = [];
  private first = 0;

  constructor(
    readonly topic: string,
    readonly index: number,
  ) {}

  /** Offset of the oldest record that is kept. */
  get start(): number {
    return this.first;
  }

  /** Offset that the next record gets. */
  get end(): number {
    return this.first + this.kept.length;
  }

  append(stored: Stored): void {
    this.kept.push(stored);
  }

  at(offset: number): Stored | undefined {
    return this.kept[offset - this.first];
  }

  slice(from: number, count: number): Stored[] {
    const at = Math.max(0, from - this.first);
    return this.kept.slice(at, at + count);
  }

  /** Forgets the oldest record. */
  dropFirst(): Stored | undefined {
    const stored = this.kept.shift();
    if (stored) this.first += 1;
    return stored;
  }
}

/**
 * The partitions of all topics, bounded in bytes. What some group has not handled waits and is never dropped; what all have
 * handled is kept a little while, for groups that come later and start at the beginning.
 */
export class MemoryLog {
  private readonly topics = new Map<string, MemoryPartition[]>();
  private handledBytes = 0;
  private waiting = 0;

  constructor(private readonly keepHandledBytes: number) {}

  /** Bytes of the records that some group has not handled yet. */
  get waitingBytes(): number {
    return this.waiting;
  }

  /** The partitions of a topic, which is created when it is first named. */
  partitions(topic: { name: string; partitions: number }): readonly MemoryPartition[] {
    let partitions = this.topics.get(topic.name);
    if (!partitions) {
      partitions = Array.from({ length: topic.partitions }, (_, index) => new MemoryPartition(topic.name, index));
      this.topics.set(topic.name, partitions);
    }
    return partitions;
  }

  known(topic: string): readonly MemoryPartition[] | undefined {
    return this.topics.get(topic);
  }

  append(partition: MemoryPartition, stored: Stored): void {
    partition.append(stored);
    if (stored.unread.size > 0) this.waiting += stored.bytes;
    else this.everyoneHandled(stored);
  }

  /** A group that comes now reads what is kept. */
  expect(group: string, partitions: readonly MemoryPartition[]): void {
    for (const stored of partitions.flatMap((partition) => partition.slice(partition.start, Infinity))) {
      if (stored.unread.size === 0) {
        this.waiting += stored.bytes;
        this.handledBytes -= stored.bytes;
      }
      stored.unread.add(group);
    }
  }

  /** The group has handled the record. */
  handled(group: string, stored: Stored): void {
    if (stored.unread.delete(group) && stored.unread.size === 0) {
      this.waiting -= stored.bytes;
      this.everyoneHandled(stored);
    }
    if (stored.unsettled.delete(group) && stored.unsettled.size === 0) stored.settled();
  }

  private everyoneHandled(stored: Stored): void {
    this.handledBytes += stored.bytes;
    if (this.handledBytes <= this.keepHandledBytes) return;
    for (const partition of [...this.topics.values()].flat()) {
      for (let oldest = partition.at(partition.start); oldest?.unread.size === 0; oldest = partition.at(partition.start)) {
        if (this.handledBytes <= this.keepHandledBytes / 2) return; // half: so that this walk is rare
        this.handledBytes -= oldest.bytes;
        partition.dropFirst();
      }
    }
  }
}
