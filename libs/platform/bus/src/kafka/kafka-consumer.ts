import { type Consumer, type EachBatchPayload, type Kafka, type PartitionAssigner } from 'kafkajs';
import { RETRY, type KafkaAdmin } from './kafka-client';
import { pause } from '../pause';
import { type BusTelemetry } from '../telemetry';

/** A member that is dead or frozen holds its partitions for so long: four heartbeats of an idle one, which come every `MAX_WAIT_MS` (ADR 57). */
const SESSION_TIMEOUT_MS = 8_000;
const REBALANCE_TIMEOUT_MS = 5_000;
/** Less than a fetch waits: every fetch that brings nothing is followed by a heartbeat, by which a member learns of a rebalance. */
export const HEARTBEAT_MS = 500;
/**
 * A fetch that finds nothing waits so long; a record ends the wait at once. It bounds how late an idle member learns of a rebalance, a partition that
 * was paused is fetched again, and a consumer stops; what else it asks of the brokers goes over another connection (ADR 56).
 */
const MAX_WAIT_MS = 2_000;
/** Bytes of one fetch from one broker: with the records being handled, what a consumer holds in memory. */
const MAX_FETCH_BYTES = 8 * 1_048_576;
/** The consumer is built anew after so many looks in a row without a fetch, although the cluster answers. */
const WATCHDOG_MS = 10_000;
const SILENT_LOOKS = 3;
const REBUILD_PAUSE_MS = 1_000;
/** An old consumer that does not stop by then is left to itself. */
const STOP_WITHIN_MS = 5_000;

/** Assigned partitions by topic. */
export type Assignment = Readonly<Record<string, readonly number[]>>;

interface KafkaConsumerOptions {
  kafka: Kafka;
  admin: KafkaAdmin;
  telemetry: BusTelemetry;
  groupId: string;
  topics: readonly string[];
  fromBeginning: boolean;
  assigner: PartitionAssigner;
  /** How many partitions may be in `eachBatch` at once: all of them. */
  partitions: number;
  /** The consumer cannot go on by itself: leave the process, or be built anew in it. */
  onCrash: 'exit' | 'rebuild';
  exit(): void;
  /** Called after every join, before anything is fetched; `seek` works here. Must not throw. */
  onJoin(assignment: Assignment): void;
  eachBatch(payload: EachBatchPayload): Promise<void>;
}

/** A kafkajs consumer that stays: it is built anew when it crashes or falls silent. */
export class KafkaConsumer {
  private consumer: Consumer | null = null;
  private joined = false;
  private closing = false;
  private rebuilding: Promise<void> | null = null;
  private fetches = 0;
  private crashes = 0;
  private watchdog: NodeJS.Timeout | undefined;
  private readonly fetchListeners: (() => void)[] = [];

  constructor(private readonly options: KafkaConsumerOptions) {}

  get healthy(): boolean {
    return this.joined && !this.closing;
  }

  async start(): Promise<void> {
    await this.build();
    this.watch();
  }

  /** Resolves with the next fetch. */
  fetched(): Promise<void> {
    return new Promise((resolve) => this.fetchListeners.push(resolve));
  }

  /** Reports progress to the watchdog although nothing is fetched meanwhile. */
  busy(): void {
    this.fetches += 1;
  }

  seek(topic: string, partition: number, offset: bigint): void {
    this.whileRunning(() => this.consumer?.seek({ topic, partition, offset: String(offset) }));
  }

  pause(topic: string, partition: number): void {
    this.whileRunning(() => this.consumer?.pause([{ topic, partitions: [partition] }]));
  }

  resume(topic: string, partition: number): void {
    this.whileRunning(() => this.consumer?.resume([{ topic, partitions: [partition] }]));
  }

  async commit(offsets: readonly { topic: string; partition: number; offset: bigint }[]): Promise<void> {
    if (!this.consumer) throw new Error('there is no consumer at the moment');
    await this.consumer.commitOffsets(offsets.map(({ topic, partition, offset }) => ({ topic, partition, offset: String(offset) })));
  }

  /** Leaves the group. */
  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.watchdog);
    await this.rebuilding;
    await this.stop();
  }

  private async build(): Promise<void> {
    const { kafka, groupId, topics, fromBeginning, assigner, partitions } = this.options;
    const consumer = kafka.consumer({
      groupId,
      partitionAssigners: [assigner],
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      minBytes: 1,
      maxWaitTimeInMs: MAX_WAIT_MS,
      maxBytes: MAX_FETCH_BYTES,
      allowAutoTopicCreation: false,
      retry: { ...RETRY, restartOnFailure: () => Promise.resolve(this.consumer === consumer) },
    });
    this.consumer = consumer;
    const mine = (listener: () => void) => () => {
      if (this.consumer === consumer) listener();
    };
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      if (this.consumer !== consumer) return void this.leave(consumer); // it was joining when it was stopped, and would hold partitions that nobody reads
      this.joined = true;
      this.options.onJoin(payload.memberAssignment);
    });
    consumer.on(
      consumer.events.FETCH,
      mine(() => {
        this.fetches += 1;
        for (const listener of this.fetchListeners.splice(0)) listener();
      }),
    );
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => mine(() => this.crashed(error, restart))());
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: partitions,
      eachBatch: (payload) => (this.consumer === consumer ? this.options.eachBatch(payload) : Promise.resolve(void payload.pause())),
    });
  }

  private crashed(error: Error, restarts: boolean): void {
    this.joined = false;
    const { groupId: group, onCrash, telemetry } = this.options;
    telemetry.logger.error({ err: error, group, restarts }, 'consumer crashed');
    if (restarts || this.closing) return; // kafkajs starts it again itself; the watchdog looks whether it did
    this.crashes += 1;
    if (onCrash === 'rebuild') this.rebuild();
    else {
      telemetry.logger.fatal({ group }, 'leaving: the consumer cannot go on');
      this.options.exit();
    }
  }

  /** Leaves the group, then joins it with a new consumer. */
  rebuild(): void {
    this.rebuilding ??= this.rebuilt().finally(() => (this.rebuilding = null));
  }

  private async rebuilt(): Promise<void> {
    const { telemetry, groupId: group } = this.options;
    this.joined = false;
    await this.stop();
    while (!this.closing) {
      const { crashes } = this;
      telemetry.logger.warn({ group }, 'building the consumer anew');
      try {
        await this.build();
        if (this.crashes === crashes) return;
      } catch (err) {
        telemetry.logger.warn({ err, group }, 'the consumer could not be built, trying again');
      }
      await this.stop();
      await pause(REBUILD_PAUSE_MS);
    }
  }

  private async stop(): Promise<void> {
    const old = this.consumer;
    this.consumer = null;
    if (!old) return;
    const late = new AbortController();
    await Promise.race([this.leave(old), pause(STOP_WITHIN_MS, late.signal)]);
    late.abort();
  }

  private async leave(consumer: Consumer): Promise<void> {
    const { telemetry, groupId: group } = this.options;
    await consumer.disconnect().catch((err: unknown) => telemetry.logger.warn({ err, group }, 'consumer did not stop cleanly'));
  }

  /** kafkajs's fetch loop has been seen to fall silent with the consumer apparently running. */
  private watch(seen = this.fetches, silent = 0): void {
    this.watchdog = setTimeout(() => {
      if (this.fetches !== seen || this.rebuilding) this.watch();
      else if (silent + 1 < SILENT_LOOKS) this.watch(seen, silent + 1);
      else void this.wake();
    }, WATCHDOG_MS);
    this.watchdog.unref();
  }

  private async wake(): Promise<void> {
    const reachable = await this.options.admin
      .ask((admin) => admin.describeCluster())
      .then(
        () => true,
        () => false,
      );
    if (this.closing) return;
    if (reachable) {
      this.options.telemetry.logger.error({ group: this.options.groupId }, 'consumer fell silent');
      this.rebuild();
    }
    this.watch();
  }

  private whileRunning(act: () => void): void {
    try {
      act();
    } catch (err) {
      // The consumer is between two lives; when it joins again it begins at the committed offsets, nothing paused.
      this.options.telemetry.logger.debug({ err, group: this.options.groupId }, 'consumer is not running');
    }
  }
}
