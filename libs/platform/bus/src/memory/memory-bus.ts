import { type Topic } from '@voltbus/contracts';
import { Availability, DOWN_AFTER_MS } from '../availability';
import {
  BusFull,
  BusUnavailable,
  PUBLISH_TIMEOUT_MS,
  RecordRefused,
  type Bus,
  type BusRecord,
  type FollowSubscription,
  type GroupSubscription,
  type OutgoingRecord,
  type Subscription,
} from '../port';
import { deadLetterTo } from '../runner/dead-letters';
import { GroupRunner } from '../runner/group-runner';
import { topicsOf } from '../following';
import { MemoryFollower } from './memory-follower';
import { MemoryGroup, type Faults } from './memory-group';
import { MemoryLog, type MemoryPartition, type Stored } from './memory-log';
import { partitionOf } from '../partition-of';
import { sizeRefusal } from '../record-size';
import type { Logger, Metrics } from '@voltbus/telemetry';
import { BusTelemetry } from '../telemetry';

/** Bytes of records that may wait to be handled. */
const MAX_WAITING_BYTES = 64 * 1_048_576;
/** Bytes of handled records that are kept for groups that come later. */
const KEEP_HANDLED_BYTES = 8 * 1_048_576;
/** Roughly what a record costs beyond its bytes. */
const RECORD_OVERHEAD = 200;

export interface MemoryBusOptions {
  logger: Logger;
  metrics: Metrics;
  /**
   * A group named in `settledBy` that has not subscribed (yet): `wait` for it (the records are kept; in a process with
   * all services it subscribes before the listeners open), or `skip` it (a test of one service). Default `wait`.
   */
  absentGroups?: 'wait' | 'skip';
  maxWaitingBytes?: number;
  downAfterMs?: number;
  /** Only for tests. */
  faults?: Faults;
}

/**
 * The bus of one process: same partitions, order and promises as Kafka's, nothing on disk. A publish is durable when every
 * group of the topic's `settledBy` has handled the record and its `settle` work; other groups never delay it.
 */
export class MemoryBus implements Bus {
  private readonly telemetry: BusTelemetry;
  private readonly log = new MemoryLog(KEEP_HANDLED_BYTES);
  private readonly groups = new Map<string, MemoryGroup>();
  private readonly followers = new Set<MemoryFollower>();
  private readonly subscriptions = new Set<Subscription>();
  private readonly watched = new Set<string>();
  private readonly availability: Availability;
  private readonly publishes = new Map<Stored, (error: Error) => void>();
  private closed = false;

  constructor(private readonly options: MemoryBusOptions) {
    this.telemetry = new BusTelemetry(options.logger, options.metrics);
    this.availability = new Availability(options.downAfterMs ?? DOWN_AFTER_MS);
  }

  get available(): boolean {
    return this.availability.available;
  }

  onAvailability(listener: (available: boolean) => void): void {
    this.availability.listen(listener);
  }

  async publish(topic: Topic, outgoing: OutgoingRecord, { timeoutMs = PUBLISH_TIMEOUT_MS }: { timeoutMs?: number } = {}): Promise<void> {
    if (this.closed) throw new BusUnavailable('the bus is closed');
    const { length } = outgoing.value;
    const refused = sizeRefusal(outgoing);
    if (refused) throw refused;
    const waiting = this.log.waitingBytes;
    if (waiting + length + RECORD_OVERHEAD > (this.options.maxWaitingBytes ?? MAX_WAITING_BYTES))
      throw new BusFull(`${waiting} bytes are waiting to be handled`);
    const partition = this.partition(topic, outgoing);
    const startedAt = performance.now();
    await this.append(topic, partition, copy(partition, outgoing), timeoutMs);
    this.telemetry.acknowledged(topic.name, (performance.now() - startedAt) / 1_000);
  }

  async subscribe(subscription: GroupSubscription): Promise<Subscription> {
    if (this.closed) throw new BusUnavailable('the bus is closed');
    for (const topic of subscription.topics) this.partitionsOf(topic);
    const group = this.group(subscription.group);
    for (const topic of subscription.topics) group.expect(topic.name, this.partitionsOf(topic));
    const deadLetter = subscription.onDeadLetter?.bind(subscription) ?? deadLetterTo(this, this.telemetry);
    const joined = group.join({
      subscription,
      runner: new GroupRunner({ subscription, telemetry: this.telemetry, deadLetter }),
      left: false,
    });
    for (const { name } of subscription.topics) this.watchLag(group, name);
    return this.keep(joined);
  }

  async follow(subscription: FollowSubscription): Promise<Subscription> {
    if (this.closed) throw new BusUnavailable('the bus is closed');
    for (const topic of topicsOf(subscription)) this.partitionsOf(topic);
    const follower = new MemoryFollower(subscription, this.telemetry, () => this.followers.delete(follower));
    this.followers.add(follower);
    return this.keep(follower);
  }

  async ensureTopics(topics: readonly Topic[]): Promise<void> {
    for (const topic of topics) this.partitionsOf(topic);
  }

  async checkTopics(topics: readonly Topic[]): Promise<string[]> {
    return topics.flatMap((topic) => {
      const known = this.log.known(topic.name);
      if (!known) return [`topic ${topic.name} is missing`];
      return known.length === topic.partitions ? [] : [`topic ${topic.name} has ${known.length} partitions instead of ${topic.partitions}`];
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.subscriptions].map((subscription) => subscription.close()));
    this.availability.close();
    for (const reject of this.publishes.values()) reject(new BusUnavailable('the bus was closed'));
  }

  /** Resolves when everyone who settles the topic has handled the record. */
  private append(topic: Topic, partition: MemoryPartition, record: BusRecord, timeoutMs: number): Promise<void> {
    const readers = [...this.groups.values()].filter((group) => group.reads(topic.name));
    const settledBy =
      this.options.absentGroups === 'skip' ? topic.settledBy.filter((name) => this.groups.get(name)?.present) : topic.settledBy;
    return new Promise((resolve, reject) => {
      const end = (act: () => void) => {
        clearTimeout(timer);
        this.publishes.delete(stored);
        act();
      };
      const fail = (error: Error) =>
        end(() => {
          this.telemetry.notProduced(topic.name, 1);
          reject(error);
        });
      const settled = () =>
        end(() => {
          this.availability.acknowledged(this.publishes.size > 0); // also when its publisher has given up meanwhile
          resolve();
        });
      const timer = setTimeout(() => fail(new BusUnavailable(`${topic.name}: not handled within ${timeoutMs} ms`)), timeoutMs);
      const unread = new Set(readers.map((group) => group.name));
      const stored: Stored = { record, bytes: RECORD_OVERHEAD + record.value.length, unread, unsettled: new Set(settledBy), settled };
      this.publishes.set(stored, fail);
      this.availability.waiting();
      this.log.append(partition, stored);
      if (stored.unsettled.size === 0) settled();
      for (const group of readers) group.wake(topic.name, partition.index);
      for (const follower of this.followers) follower.offer(record);
    });
  }

  private partition(topic: Topic, { key, partition }: OutgoingRecord): MemoryPartition {
    const index = partition ?? partitionOf(key, topic.partitions);
    const found = this.partitionsOf(topic)[index];
    if (!found) throw new RecordRefused(`topic ${topic.name} has no partition ${index}`);
    return found;
  }

  /** The topic's partitions; on first sight the groups that settle it begin to read it, present or not. */
  private partitionsOf(topic: Topic): readonly MemoryPartition[] {
    const known = this.log.known(topic.name);
    if (known) return known;
    const partitions = this.log.partitions(topic);
    if (this.options.absentGroups !== 'skip') for (const name of topic.settledBy) this.group(name).expect(topic.name, partitions);
    return partitions;
  }

  private group(name: string): MemoryGroup {
    let group = this.groups.get(name);
    if (!group) this.groups.set(name, (group = new MemoryGroup(name, this.log, this.options.faults ?? {})));
    return group;
  }

  private watchLag(group: MemoryGroup, topic: string): void {
    const name = `${group.name} ${topic}`;
    if (this.watched.has(name)) return;
    this.watched.add(name);
    this.telemetry.watchLag(() => [{ topic, group: group.name, ...group.lag(topic) }]);
  }

  private keep(subscription: Subscription): Subscription {
    this.subscriptions.add(subscription);
    return subscription;
  }
}

/** Bytes are copied: the publisher may use its buffer again. */
function copy(partition: MemoryPartition, { key, value, headers }: OutgoingRecord): BusRecord {
  return {
    topic: partition.topic,
    partition: partition.index,
    offset: BigInt(partition.end),
    key,
    value: Buffer.from(value),
    headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes)])),
    timestamp: Date.now(),
  };
}
