import { type EachBatchPayload, type Kafka } from 'kafkajs';
import { type DeadLetterCause, type BusRecord, type GroupSubscription, type Subscription } from './bus';
import { GroupRunner } from './group-runner';
import { sharedAssigner } from './kafka-assigners';
import { type KafkaAdmin } from './kafka-client';
import { Committer } from './kafka-committer';
import { HEARTBEAT_MS, KafkaConsumer, type Assignment } from './kafka-consumer';
import { endOffsets, knownLag, lagOf, passedBy, positionId, type Position } from './kafka-positions';
import { toRecord } from './kafka-record';
import { pause } from './pause';
import { type BusTelemetry } from './telemetry';

/** A batch that takes longer leaves the fetch loop, which serves all partitions: its own partition pauses until it is done. */
const DETACH_AFTER_MS = 1_000;
/** When the group rebalances, what is in hand may finish and be committed for so long: within the rebalance timeout. */
const FINISH_WITHIN_MS = 3_000;
/** A stop waits so long for the batches in hand; then handlers are told by their signal. */
const CLOSE_WITHIN_MS = 20_000;
const LEARN_PAUSE_MS = 200;
const LAG_EVERY_MS = 15_000;

interface Owned extends Position {
  readonly lost: AbortController;
  /** The batch in hand. */
  work: Promise<void> | null;
  /** The batch in hand left the fetch loop. */
  detached: boolean;
}

export interface KafkaGroupOptions {
  kafka: Kafka;
  admin: KafkaAdmin;
  telemetry: BusTelemetry;
  subscription: GroupSubscription;
  onCrash: 'exit' | 'rebuild';
  exit(): void;
  bury(record: BusRecord, cause: DeadLetterCause): Promise<void>;
}

/** A member of a consumer group: brings what it fetches to the runner, commits what the runner has done. */
export class KafkaGroup implements Subscription {
  private readonly runner: GroupRunner;
  private readonly consumer: KafkaConsumer;
  private readonly committer: Committer;
  private readonly owned = new Map<string, Owned>();
  private readonly forgetLag: () => void;
  private lagTimer: NodeJS.Timeout | undefined;
  private joins = 0;
  /** Positions of the last join are known. */
  private learnt: Promise<void> = Promise.resolve();
  private ready = false;
  private leaving = false;

  constructor(private readonly options: KafkaGroupOptions) {
    const { kafka, admin, telemetry, subscription, onCrash, exit, bury } = options;
    this.runner = new GroupRunner({ subscription, telemetry, bury });
    this.consumer = new KafkaConsumer({
      kafka,
      admin,
      telemetry,
      onCrash,
      exit,
      groupId: subscription.group,
      topics: subscription.topics.map((topic) => topic.name),
      fromBeginning: true,
      assigner: sharedAssigner(subscription.topics),
      partitions: subscription.topics.reduce((sum, topic) => sum + topic.partitions, 0),
      onJoin: (assignment) => this.onJoin(assignment),
      eachBatch: (payload) => this.eachBatch(payload),
    });
    this.committer = new Committer(
      (offsets) => this.commit(offsets),
      (err) => telemetry.logger.warn({ err, group: subscription.group }, 'offsets were not committed; they go with the next ones'),
    );
    this.forgetLag = telemetry.watchLag(() =>
      subscription.topics.map((topic) => ({
        value: knownLag(this.positions().filter((position) => position.topic === topic.name)),
        labels: { topic: topic.name, group: subscription.group },
      })),
    );
  }

  get healthy(): boolean {
    return this.consumer.healthy && this.ready && this.stopped === null;
  }

  get stopped(): string | null {
    return this.runner.stopped;
  }

  /** Resolves when it has joined and its offsets are committed. */
  async start(): Promise<void> {
    await this.consumer.start();
    while (!this.ready && !this.leaving) {
      await this.learnt;
      if (!this.ready) await pause(LEARN_PAUSE_MS);
    }
    if (this.leaving) return;
    this.lagTimer = setInterval(() => void this.lag(), LAG_EVERY_MS);
    this.lagTimer.unref();
  }

  async lag(): Promise<number | null> {
    if (!this.ready) return null;
    return this.options.admin.ask((admin) => lagOf(admin, this.positions())).catch(() => null); // not known while the cluster is away
  }

  async passed(instant: number): Promise<boolean> {
    if (!this.healthy) return false;
    return this.options.admin.ask((admin) => passedBy(admin, this.positions(), instant)).catch(() => false); // nothing is judged while the cluster is away
  }

  async close(): Promise<void> {
    if (this.leaving) return;
    this.leaving = true;
    clearInterval(this.lagTimer);
    this.forgetLag();
    this.runner.leave();
    for (const { topic, partition } of this.owned.values()) this.consumer.pause(topic, partition);
    const late = new AbortController();
    await Promise.race([
      Promise.all(this.positions().map((owned) => owned.work ?? Promise.resolve())),
      pause(CLOSE_WITHIN_MS, late.signal),
    ]);
    late.abort();
    this.runner.abort();
    await this.consumer.close();
  }

  /** Only what is still ours: an offset that comes late would set its new owner back. */
  private async commit(offsets: readonly { topic: string; partition: number; offset: bigint }[]): Promise<void> {
    const ours = offsets.filter(({ topic, partition }) => this.owned.has(positionId(topic, partition)));
    if (ours.length > 0) await this.consumer.commit(ours);
  }

  private positions(): Owned[] {
    return [...this.owned.values()];
  }

  /** What is no longer ours is let go; what is new is not handled before its position is known. */
  private onJoin(assignment: Assignment): void {
    const ids = new Set(
      Object.entries(assignment).flatMap(([topic, partitions]) => partitions.map((partition) => positionId(topic, partition))),
    );
    for (const [id, owned] of this.owned) {
      if (ids.has(id)) continue;
      owned.lost.abort();
      this.committer.forget(owned.topic, owned.partition);
      this.owned.delete(id);
    }
    this.options.telemetry.joined(this.options.subscription.group, ids.size);
    this.ready = false;
    this.learnt = this.learn(assignment, ++this.joins);
  }

  private async learn(assignment: Assignment, join: number): Promise<void> {
    while (join === this.joins && !this.leaving) {
      try {
        if (await this.learnOnce(assignment, join)) {
          this.ready = true;
          return;
        }
      } catch (err) {
        this.options.telemetry.logger.warn(
          { err, group: this.options.subscription.group },
          'committed offsets are not known yet, asking again',
        );
      }
      await pause(LEARN_PAUSE_MS);
    }
  }

  /** True when every partition has a committed offset and its position is known. Without one it starts at the beginning: committed at once, so that a later expiry or crash cannot move it. */
  private async learnOnce(assignment: Assignment, join: number): Promise<boolean> {
    const topics = Object.keys(assignment);
    if (topics.length === 0) return true;
    const {
      admin,
      subscription: { group },
    } = this.options;
    const [committed, ends] = await admin.ask(async (one) =>
      Promise.all([one.fetchOffsets({ groupId: group, topics }), endOffsets(one, topics)]),
    );
    const known = new Map(
      committed.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => [positionId(topic, partition), BigInt(offset)]),
      ),
    );
    const partitions = Object.entries(assignment).flatMap(([topic, list]) =>
      list.map((partition) => ({ topic, partition, id: positionId(topic, partition) })),
    );
    const without = partitions.filter(({ id }) => (known.get(id) ?? -1n) < 0n);
    if (join !== this.joins) return false;
    if (without.length > 0) {
      await this.consumer.commit(without.map(({ topic, partition, id }) => ({ topic, partition, offset: ends.get(id)?.low ?? 0n })));
      return false; // read back: a commit outside of a running consumer is silently dropped
    }
    for (const { topic, partition, id } of partitions) this.take(topic, partition, known.get(id) ?? 0n, ends.get(id)?.end ?? 0n);
    return true;
  }

  private take(topic: string, partition: number, next: bigint, end: bigint): void {
    const id = positionId(topic, partition);
    const owned = this.owned.get(id);
    if (!owned) this.owned.set(id, { topic, partition, next, end, lost: new AbortController(), work: null, detached: false });
    else if (!owned.work) Object.assign(owned, { next, end });
  }

  private async eachBatch({ batch, heartbeat, resolveOffset, pause: pausePartition }: EachBatchPayload): Promise<void> {
    const { topic, partition } = batch;
    await this.beating(this.learnt, heartbeat);
    const owned = this.owned.get(positionId(topic, partition));
    if (!owned || !this.ready) return;
    if (owned.work || this.leaving || this.stopped !== null) {
      if (owned.work) owned.detached = true; // begun before a rejoin; it seeks and resumes when it is done
      pausePartition();
      return;
    }
    const last = BigInt(batch.lastOffset());
    owned.end = BigInt(batch.highWatermark);
    owned.next = BigInt(batch.firstOffset() ?? owned.next);
    const records = batch.messages.map((message) => toRecord(topic, partition, message));
    const slow = new AbortController();
    owned.detached = false;
    owned.work = this.work(owned, records, last + 1n, () => slow.abort()).finally(() => (owned.work = null));
    try {
      await this.beating(Promise.race([owned.work, pause(DETACH_AFTER_MS, slow.signal)]), heartbeat);
    } catch (error) {
      const late = new AbortController();
      await Promise.race([owned.work, pause(FINISH_WITHIN_MS, late.signal)]); // the group rebalances: finish if that is quick
      late.abort();
      this.leaveLoop(owned, resolveOffset, pausePartition);
      throw error;
    }
    slow.abort();
    this.leaveLoop(owned, resolveOffset, pausePartition);
  }

  private leaveLoop(owned: Owned, resolveOffset: (offset: string) => void, pausePartition: () => void): void {
    if (owned.work) {
      owned.detached = true;
      pausePartition();
    } else if (this.stopped !== null || this.leaving) pausePartition();
    else resolveOffset(String(owned.next - 1n));
  }

  /** Handles and commits; when the batch left the fetch loop meanwhile, its partition is fetched again from where it ended. */
  private async work(owned: Owned, records: readonly BusRecord[], end: bigint, onBackOff: () => void): Promise<void> {
    const { topic, partition, lost } = owned;
    const advanced = (left: readonly BusRecord[]) => {
      owned.next = left[0]?.offset ?? end;
      if (!lost.signal.aborted && left.length > 0) void this.committer.add(topic, partition, owned.next);
    };
    const backingOff = (err: Error, delayMs: number) => {
      onBackOff();
      this.options.telemetry.logger.warn(
        { err, topic, partition, group: this.options.subscription.group, delayMs },
        'a dependency is away: the partition waits',
      );
    };
    const done = await this.runner.handle(records, { advanced, backingOff }, lost.signal);
    if (!lost.signal.aborted && (done || owned.next > (records[0]?.offset ?? 0n))) await this.committer.add(topic, partition, owned.next);
    if (!owned.detached) return;
    if (!lost.signal.aborted) this.consumer.seek(topic, partition, owned.next);
    if (done || lost.signal.aborted) this.consumer.resume(topic, partition);
  }

  /** Waits with heartbeats: a member that is at work is alive. Rejects when the group wants something of it. */
  private async beating(work: Promise<unknown>, heartbeat: () => Promise<void>): Promise<void> {
    for (;;) {
      const timer = new AbortController();
      const done = await Promise.race([work.then(() => true), pause(HEARTBEAT_MS, timer.signal).then(() => false)]);
      timer.abort();
      this.consumer.busy();
      if (done) return;
      await heartbeat();
    }
  }
}
