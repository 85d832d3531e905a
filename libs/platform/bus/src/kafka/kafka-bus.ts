import { CompressionTypes, Partitioners, type IHeaders, type Kafka, type Producer } from 'kafkajs';
import { KEYED_PARTITIONS, type Topic } from '@voltbus/contracts';
import { Availability, DOWN_AFTER_MS } from '../availability';
import {
  BusUnavailable,
  PUBLISH_TIMEOUT_MS,
  RecordRefused,
  type Bus,
  type FollowSubscription,
  type GroupSubscription,
  type OutgoingRecord,
  type Subscription,
} from '../port';
import { deadLetterTo } from '../runner/dead-letters';
import type { KafkaAccess } from './kafka-access';
import { ASK_RETRY, KafkaAdmin, kafkaClient, RETRY } from './kafka-client';
import { KafkaFollower } from './kafka-follower';
import { KafkaGroup } from './kafka-group';
import { endOffsets } from './positions';
import { createTopics, topicProblems } from './topics';
import { topicsOf } from '../following';
import { sizeRefusal } from '../record-size';
import { SendQueue, type Sending } from './send-queue';
import type { Logger, Metrics } from '@voltbus/telemetry';
import { BusTelemetry } from '../telemetry';

/** From here on compression saves more than it costs. */
const COMPRESS_FROM_BYTES = 16 * 1_024;
/** The brokers wait so long for the replicas. */
const ACK_TIMEOUT_MS = 5_000;
/** Creating topics elects leaders. */
const TOPICS_TIMEOUT_MS = 30_000;
/** Broker answers that trying again does not change. */
const REFUSALS = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'TOPIC_AUTHORIZATION_FAILED',
  'INVALID_TOPIC_EXCEPTION',
]);

export interface KafkaBusOptions {
  logger: Logger;
  metrics: Metrics;
  /** `host:port` of some brokers. */
  brokers: readonly string[];
  /** Default: plain text, and no user. */
  access?: KafkaAccess | undefined;
  /** Name of this process at the brokers. */
  clientId: string;
  /** A consumer that cannot go on: services leave (`exit`; their supervisor restarts them), gateways keep their sockets and build it anew (`rebuild`). */
  onCrash: 'exit' | 'rebuild';
  /** Replication that topics are created with and must have. Default 1. */
  replication?: number;
  /** Partitions of the topics that are keyed by station, in this installation. Default `KEYED_PARTITIONS`. */
  keyedPartitions?: number;
  maxWaitingBytes?: number;
  downAfterMs?: number;
  /** How to leave; default: the process ends with code 1. */
  exit?(): void;
}

/** The bus of many processes. At least once, in order per key: one send under way, nothing idempotent or transactional. */
export class KafkaBus implements Bus {
  private readonly telemetry: BusTelemetry;
  private readonly kafka: Kafka;
  private readonly admin: KafkaAdmin;
  private readonly producer: Producer;
  private readonly availability: Availability;
  private readonly queue: SendQueue;
  private readonly subscriptions = new Set<Subscription>();
  private connecting: Promise<void> | null = null;
  private closed = false;

  constructor(private readonly options: KafkaBusOptions) {
    this.telemetry = new BusTelemetry(options.logger, options.metrics);
    const { brokers, clientId, logger, access } = options;
    this.kafka = kafkaClient({ brokers, clientId, logger, access });
    this.admin = new KafkaAdmin(kafkaClient({ brokers, clientId: `${clientId}-admin`, logger, access, retry: ASK_RETRY }));
    this.producer = this.kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      retry: RETRY,
    });
    this.availability = new Availability(options.downAfterMs ?? DOWN_AFTER_MS);
    this.queue = new SendQueue({
      availability: this.availability,
      telemetry: this.telemetry,
      send: (batch) => this.send(batch),
      ...(options.maxWaitingBytes === undefined ? {} : { maxWaitingBytes: options.maxWaitingBytes }),
    });
  }

  get available(): boolean {
    return this.availability.available;
  }

  onAvailability(listener: (available: boolean) => void): void {
    this.availability.listen(listener);
  }

  publish(topic: Topic, record: OutgoingRecord, { timeoutMs = PUBLISH_TIMEOUT_MS }: { timeoutMs?: number } = {}): Promise<void> {
    const refused = sizeRefusal(record);
    if (refused) return Promise.reject(refused);
    if (record.partition !== undefined && !(record.partition >= 0 && record.partition < this.sized(topic).partitions))
      return Promise.reject(new RecordRefused(`topic ${topic.name} has no partition ${record.partition}`));
    return this.queue.add(topic, { ...record, value: Buffer.from(record.value) }, timeoutMs); // a copy: the publisher may use its buffer again
  }

  async subscribe(subscription: GroupSubscription): Promise<Subscription> {
    const deadLetter = subscription.onDeadLetter?.bind(subscription) ?? deadLetterTo(this, this.telemetry);
    const sized = { ...subscription, topics: subscription.topics.map(this.sized) };
    return this.start(new KafkaGroup({ ...this.shared(), subscription: sized, deadLetter }));
  }

  async follow(subscription: FollowSubscription): Promise<Subscription> {
    const sized = { ...subscription, topic: topicsOf(subscription).map(this.sized) };
    return this.start(new KafkaFollower({ ...this.shared(), subscription: sized }));
  }

  /** Waits for every partition's leader, also of topics that were there: before, a first send would reach some only and be sent twice. */
  async ensureTopics(topics: readonly Topic[]): Promise<void> {
    await this.admin.ask((admin) => createTopics(admin, topics.map(this.sized), this.options.replication ?? 1), TOPICS_TIMEOUT_MS);
    for (const { name } of topics) await this.admin.insist((admin) => endOffsets(admin, [name]));
  }

  checkTopics(topics: readonly Topic[]): Promise<string[]> {
    return this.admin.ask((admin) => topicProblems(admin, topics.map(this.sized), this.options.replication ?? 1), TOPICS_TIMEOUT_MS);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await Promise.all([...this.subscriptions].map((subscription) => subscription.close()));
    await this.queue.close();
    this.availability.close();
    await Promise.all([this.producer.disconnect(), this.admin.close()]);
  }

  /** The topic as it is in this installation, whose operator has chosen the partitions of the keyed ones. */
  private readonly sized = (topic: Topic): Topic =>
    topic.partitions === KEYED_PARTITIONS ? { ...topic, partitions: this.options.keyedPartitions ?? KEYED_PARTITIONS } : topic;

  private shared() {
    if (this.closed) throw new BusUnavailable('the bus is closed');
    const {
      options: { onCrash, exit = () => process.exit(1) },
      kafka,
      admin,
      telemetry,
    } = this;
    return { kafka, admin, telemetry, onCrash, exit };
  }

  private async start<S extends Subscription & { start(): Promise<void> }>(subscription: S): Promise<S> {
    this.subscriptions.add(subscription);
    await subscription.start();
    return subscription;
  }

  private async send(batch: readonly Sending[]): Promise<void> {
    const topics = new Map<string, { key: string; value: Buffer; partition?: number; headers?: IHeaders }[]>();
    for (const { topic, record } of batch) {
      const messages = topics.get(topic.name) ?? [];
      topics.set(topic.name, messages);
      messages.push(toMessage(record));
    }
    const bytes = batch.reduce((sum, sending) => sum + sending.bytes, 0);
    try {
      await (this.connecting ??= this.producer.connect());
      await this.producer.sendBatch({
        acks: -1,
        timeout: ACK_TIMEOUT_MS,
        compression: bytes >= COMPRESS_FROM_BYTES ? CompressionTypes.Snappy : CompressionTypes.None,
        topicMessages: [...topics].map(([topic, messages]) => ({ topic, messages })),
      });
    } catch (error) {
      throw refusal(error) ?? this.again(error);
    }
  }

  private again(error: unknown): unknown {
    this.connecting = null;
    return error;
  }
}

function toMessage({ key, value, partition, headers }: OutgoingRecord): {
  key: string;
  value: Buffer;
  partition?: number;
  headers?: IHeaders;
} {
  const message: { key: string; value: Buffer; partition?: number; headers?: IHeaders } = {
    key,
    value: Buffer.from(value.buffer, value.byteOffset, value.length),
  };
  if (partition !== undefined) message.partition = partition;
  if (headers)
    message.headers = Object.fromEntries(
      Object.entries(headers).map(([name, bytes]) => [name, typeof bytes === 'string' ? bytes : Buffer.from(bytes)]),
    );
  return message;
}

function refusal(error: unknown): RecordRefused | null {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('type' in at && typeof at.type === 'string' && REFUSALS.has(at.type))
      return new RecordRefused(`the broker refuses the record: ${at.message}`, { cause: error });
    if (at instanceof TypeError || at instanceof RangeError)
      return new RecordRefused(`the record cannot be encoded: ${at.message}`, { cause: error });
  }
  return null;
}
