import { withTimeout } from '@voltbus/flow';
import { type EachBatchPayload, type Kafka } from 'kafkajs';
import { type BusRecord, type DeadLetterCause, type GroupSubscription, type Subscription } from '../port';
import { GroupRunner } from '../runner/group-runner';
import { sharedAssigner } from './assigners';
import { type KafkaAdmin } from './kafka-client';
import { Committer } from './committer';
import { HEARTBEAT_MS, KafkaConsumer } from './kafka-consumer';
import { Ownership, type Owned } from './ownership';
import { knownLag, lagOf, passedByGroup } from './positions';
import { toRecord } from './record';
import { pause } from '../pause';
import { earliest, type BusTelemetry } from '../telemetry';

/** A batch that takes longer leaves the fetch loop, which serves all partitions: its own partition pauses until it is done. */
const DETACH_AFTER_MS = 1_000;
/** When the group rebalances, what is in hand may finish and be committed for so long: within the rebalance timeout. */
const FINISH_WITHIN_MS = 3_000;
/** A stop waits so long for the batches in hand; then the handlers' signal is aborted. */
const CLOSE_WITHIN_MS = 20_000;
const READY_PAUSE_MS = 20;
/** The lag of partitions that bring nothing is looked up so often for the metric. */
const LAG_EVERY_MS = 15_000;

interface KafkaGroupOptions {
  kafka: Kafka;
  admin: KafkaAdmin;
  telemetry: BusTelemetry;
  subscription: GroupSubscription;
  onCrash: 'exit' | 'rebuild';
  exit(): void;
  deadLetter(record: BusRecord, cause: DeadLetterCause): Promise<void>;
}

/**
 * The group at the brokers: one per subscription, not per service. Members of one group that read different topics would stop each other with
 * every join, and a process with several subscriptions begins with several joins.
 */
export function groupIdOf({ group, topics }: Pick<GroupSubscription, 'group' | 'topics'>): string {
  return [group, ...topics.map(({ name }) => name)].join(':');
}

/** A member of a consumer group: brings what it fetches to the runner, commits what the runner has done. */
export class KafkaGroup implements Subscription {
  private readonly runner: GroupRunner;
  private readonly consumer: KafkaConsumer;
  private readonly committer: Committer;
  private readonly partitions: Ownership;
  private readonly forgetLag: () => void;
  private lagTimer: NodeJS.Timeout | undefined;
  private leaving = false;

  constructor(private readonly options: KafkaGroupOptions) {
    const { kafka, admin, telemetry, subscription, onCrash, exit, deadLetter } = options;
    const { topics } = subscription;
    const group = groupIdOf(subscription);
    this.runner = new GroupRunner({ subscription, telemetry, deadLetter });
    this.partitions = new Ownership({ group, admin, telemetry, commit: (offsets) => this.consumer.commit(offsets) });
    this.consumer = new KafkaConsumer({
      kafka,
      admin,
      telemetry,
      onCrash,
      exit,
      groupId: group,
      topics: topics.map((topic) => topic.name),
      fromBeginning: true,
      assigner: sharedAssigner(topics),
      partitions: topics.reduce((sum, topic) => sum + topic.partitions, 0),
      onJoin: (assignment) => this.partitions.joined(assignment),
      eachBatch: (payload) => this.eachBatch(payload),
    });
    const notCommitted = (err: unknown) => telemetry.logger.warn({ err, group }, 'offsets were not committed; they go with the next ones');
    this.committer = new Committer((offsets) => this.commit(offsets), notCommitted);
    this.forgetLag = telemetry.watchLag(() =>
      topics.map(({ name }) => {
        const owned = this.partitions.all().filter(({ topic }) => topic === name);
        return { topic: name, group, records: knownLag(owned), since: earliest(owned.map(({ since }) => since)) };
      }),
    );
  }

  get healthy(): boolean {
    return this.consumer.healthy && this.partitions.known && this.stopped === null;
  }

  get stopped(): string | null {
    return this.runner.stopped;
  }

  /** Resolves when it has joined and its offsets are committed. */
  async start(): Promise<void> {
    await this.consumer.start();
    while (!this.partitions.known && !this.leaving) await Promise.all([this.partitions.learnt, pause(READY_PAUSE_MS)]);
    if (this.leaving) return;
    this.lagTimer = setInterval(() => void this.lag(), LAG_EVERY_MS);
    this.lagTimer.unref();
  }

  async lag(): Promise<number | null> {
    if (!this.partitions.known) return null;
    return this.options.admin.ask((admin) => lagOf(admin, this.partitions.all())).catch(() => null); // not known while the cluster is away
  }

  async passed(instant: number): Promise<boolean> {
    if (!this.healthy) return false;
    const { admin, subscription } = this.options;
    const group = { groupId: groupIdOf(subscription), topics: subscription.topics.map(({ name }) => name), own: this.partitions.all() };
    return admin.ask((one) => passedByGroup(one, group, instant)).catch(() => false); // nothing is judged while the cluster is away
  }

  async close(): Promise<void> {
    if (this.leaving) return;
    this.leaving = true;
    clearInterval(this.lagTimer);
    this.forgetLag();
    this.runner.leave();
    for (const { topic, partition } of this.partitions.all()) this.consumer.pause(topic, partition);
    await within(CLOSE_WITHIN_MS, Promise.all(this.partitions.all().map((owned) => owned.work ?? Promise.resolve())));
    this.runner.abort();
    this.partitions.end();
    await this.consumer.close();
  }

  /** Only what is still ours: an offset that comes late would set its new owner back. */
  private async commit(offsets: readonly { topic: string; partition: number; offset: bigint }[]): Promise<void> {
    const ours = offsets.filter(({ topic, partition }) => this.partitions.find(topic, partition));
    if (ours.length > 0) await this.consumer.commit(ours);
  }

  private async eachBatch({ batch, heartbeat, resolveOffset, pause: pausePartition }: EachBatchPayload): Promise<void> {
    const { topic, partition } = batch;
    if (!this.partitions.known) await this.beating(this.partitions.learnt, heartbeat);
    const owned = this.partitions.find(topic, partition);
    if (!owned || !this.partitions.known) return;
    if (owned.work || this.leaving) {
      if (owned.work) owned.detached = true; // begun before a rejoin
      pausePartition();
      return;
    }
    const slow = deadline(DETACH_AFTER_MS);
    const records = batch.messages.map((message) => toRecord(topic, partition, message));
    Object.assign(owned, {
      end: BigInt(batch.highWatermark),
      next: BigInt(batch.firstOffset() ?? owned.next),
      detached: false,
      since: records[0]?.timestamp ?? null,
    });
    owned.work = this.work(owned, records, BigInt(batch.lastOffset()) + 1n, slow.end).finally(() =>
      Object.assign(owned, { work: null, since: null }),
    );
    try {
      await this.beating(Promise.race([owned.work, slow.over]), heartbeat);
    } catch (error) {
      await within(FINISH_WITHIN_MS, owned.work); // the group rebalances: finish if that is quick
      throw error;
    } finally {
      slow.end();
      this.leaveLoop(owned, resolveOffset, pausePartition);
    }
  }

  private leaveLoop(owned: Owned, resolveOffset: (offset: string) => void, pausePartition: () => void): void {
    if (owned.work) owned.detached = true;
    if (owned.work || this.leaving) pausePartition();
    else resolveOffset(String(owned.next - 1n));
  }

  /** Handles and commits; when the batch left the fetch loop meanwhile, its partition is fetched again from where it ended. */
  private async work(owned: Owned, records: readonly BusRecord[], end: bigint, onBackOff: () => void): Promise<void> {
    const { topic, partition, lost } = owned;
    const {
      subscription: { group },
      telemetry,
    } = this.options;
    let committing: Promise<void> = Promise.resolve();
    const advanced = (left: readonly BusRecord[]) => {
      const next = left[0]?.offset ?? end;
      if (next === owned.next || lost.signal.aborted) return;
      owned.next = next;
      owned.since = left[0]?.timestamp ?? null;
      committing = this.committer.add(topic, partition, next);
    };
    const backingOff = (err: Error, delayMs: number) => {
      onBackOff();
      telemetry.logger.warn({ err, topic, partition, group, delayMs }, 'a dependency is away: the partition waits');
    };
    const done = await this.runner.handle(records, { advanced, backingOff }, lost.signal);
    await committing;
    if (!owned.detached) return;
    if (!lost.signal.aborted) this.consumer.seek(topic, partition, owned.next);
    if (done || lost.signal.aborted) this.consumer.resume(topic, partition);
  }

  /** Waits with heartbeats: a member that is at work is alive. Rejects when the group wants something of it. */
  private async beating(work: Promise<unknown>, heartbeat: () => Promise<void>): Promise<void> {
    while (!(await within(HEARTBEAT_MS, work))) {
      this.consumer.busy();
      await heartbeat();
    }
  }
}

/** A time that can be ended before. One is made for each batch: an AbortController and its error cost more than the rest of the batch's way. */
function deadline(ms: number): { over: Promise<void>; end(): void } {
  let settle = (): void => undefined;
  const over = new Promise<void>((resolve) => (settle = resolve));
  const timer = setTimeout(settle, ms);
  const end = (): void => {
    clearTimeout(timer);
    settle();
  };
  return { over, end };
}

/** Whether it was done in time. */
function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  return withTimeout(
    work.then(() => true),
    ms,
    () => false,
  );
}
