import { type EachBatchPayload, type Kafka } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { FOLLOWER_GROUP_PREFIX, type Topic } from '@voltbus/contracts';
import { type FollowSubscription, type Subscription } from '../port';
import { fixedAssigner } from './assigners';
import { type KafkaAdmin } from './kafka-client';
import { KafkaConsumer } from './kafka-consumer';
import { endOffsets, knownLag, lagOf, passedBy, positionId, type Position } from './positions';
import { toRecord } from './record';
import { handleFollowed, topicsOf } from '../following';
import { type BusTelemetry } from '../telemetry';

interface KafkaFollowerOptions {
  kafka: Kafka;
  admin: KafkaAdmin;
  telemetry: BusTelemetry;
  subscription: FollowSubscription;
  onCrash: 'exit' | 'rebuild';
  exit(): void;
}

/**
 * Reads from now on, alone: a group of its own that never commits. Where it is it knows itself, and goes there after
 * every rejoin (measured: else a pause of the process of 12 s skips or repeats records).
 */
export class KafkaFollower implements Subscription {
  readonly stopped = null;
  private readonly consumer: KafkaConsumer;
  private readonly positions = new Map<string, Position>();
  /** By topic. */
  private readonly partitions: Readonly<Record<string, readonly number[]>>;
  private readonly group: string;
  private readonly forgetLag: () => void;

  constructor(private readonly options: KafkaFollowerOptions) {
    const { kafka, admin, telemetry, subscription, onCrash, exit } = options;
    const { partition, name } = subscription;
    const topics = topicsOf(subscription);
    const all = ({ partitions }: Topic): number[] => Array.from({ length: partitions }, (_, index) => index);
    this.partitions = Object.fromEntries(topics.map((topic) => [topic.name, partition === undefined ? all(topic) : [partition]]));
    this.group = `${FOLLOWER_GROUP_PREFIX}${name}-${randomUUID()}`;
    this.consumer = new KafkaConsumer({
      kafka,
      admin,
      telemetry,
      onCrash,
      exit,
      groupId: this.group,
      topics: Object.keys(this.partitions),
      fromBeginning: false,
      assigner: fixedAssigner(this.partitions),
      partitions: this.count,
      onJoin: () => this.onJoin(),
      eachBatch: (payload) => this.eachBatch(payload),
    });
    this.forgetLag = telemetry.watchLag(() =>
      topics.map((topic) => {
        const followed = [...this.positions.values()].filter((position) => position.topic === topic.name);
        return { topic: topic.name, group: name, records: knownLag(followed), since: null }; // handled as they come
      }),
    );
  }

  private get count(): number {
    return Object.values(this.partitions).reduce((sum, list) => sum + list.length, 0);
  }

  get healthy(): boolean {
    return this.consumer.healthy;
  }

  /** Resolves after the first fetch; from the present ends of the partitions nothing is missed. */
  async start(): Promise<void> {
    const ends = await this.options.admin.insist((one) => endOffsets(one, Object.keys(this.partitions)));
    for (const [topic, partitions] of Object.entries(this.partitions))
      for (const partition of partitions) {
        const end = ends.get(positionId(topic, partition))?.end ?? 0n;
        this.positions.set(positionId(topic, partition), { topic, partition, next: end, end });
      }
    const fetched = this.consumer.fetched();
    await this.consumer.start();
    await fetched;
  }

  lag(): Promise<number | null> {
    return this.options.admin.ask((admin) => lagOf(admin, [...this.positions.values()])).catch(() => null); // not known while the cluster is away
  }

  async passed(instant: number): Promise<boolean> {
    return (
      this.healthy && (await this.options.admin.ask((admin) => passedBy(admin, [...this.positions.values()], instant)).catch(() => false))
    );
  }

  async close(): Promise<void> {
    this.forgetLag();
    await this.consumer.close();
  }

  private onJoin(): void {
    this.options.telemetry.joined(this.options.subscription.name, this.count);
    for (const { topic, partition, next } of this.positions.values()) this.consumer.seek(topic, partition, next);
  }

  private async eachBatch({ batch, resolveOffset }: EachBatchPayload): Promise<void> {
    const position = this.positions.get(positionId(batch.topic, batch.partition));
    if (!position) return;
    const { subscription, telemetry } = this.options;
    const end = BigInt(batch.highWatermark);
    const first = BigInt(batch.firstOffset() ?? position.next);
    if (end < position.next || first > position.next) {
      telemetry.logger.warn(
        { topic: batch.topic, partition: batch.partition, expected: String(position.next), found: String(first) },
        'records were removed before they were read',
      );
      position.next = first;
    }
    position.end = end;
    for (const message of batch.messages) {
      const record = toRecord(batch.topic, batch.partition, message);
      if (record.offset < position.next) continue; // fetched before a rejoin
      position.next = record.offset + 1n;
      handleFollowed(subscription, record, telemetry);
    }
    position.next = BigInt(batch.lastOffset()) + 1n;
    resolveOffset(batch.lastOffset());
  }
}
