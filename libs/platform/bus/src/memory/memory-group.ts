import { AsyncLocalStorage } from 'node:async_hooks';
import { type BusRecord, type GroupSubscription, type Subscription } from '../port';
import { type GroupRunner } from '../runner/group-runner';
import { type MemoryLog, type MemoryPartition, type Stored } from './memory-log';
import { pause } from '../pause';
import { earliest, type Lag } from '../telemetry';

/** Most records handed to a runner at once from one partition. */
const MAX_TAKEN = 500;

/** A batch about to be delivered to a group. */
export interface Delivery {
  group: string;
  topic: string;
  partition: number;
  records: readonly BusRecord[];
}

/** A delivery is for many: it belongs to no request or message whose publish happened to begin it. */
const detached = AsyncLocalStorage.snapshot();

/** What tests do to deliveries. */
export interface Faults {
  /** Holds the batch back so long, or delivers it a second time after it was handled (what a lost commit does). */
  deliver?(delivery: Delivery): { delayMs?: number; twice?: boolean } | undefined;
  /** Asked when a batch was handled and not yet committed; true: as if the process had died there, all of it comes again. */
  crashBeforeCommit?(delivery: Delivery): boolean;
}

/** How far a group is in one partition. */
interface Cursor {
  readonly partition: MemoryPartition;
  position: number;
  busy: Promise<void> | null;
}

/** One subscription of a group. */
interface Member {
  readonly subscription: GroupSubscription;
  readonly runner: GroupRunner;
  left: boolean;
}

/** A consumer group: its positions, which outlive its members, and how its members share the partitions. */
export class MemoryGroup {
  private readonly cursors = new Map<string, Cursor[]>();
  private members: Member[] = [];

  constructor(
    readonly name: string,
    private readonly log: MemoryLog,
    private readonly faults: Faults,
  ) {}

  get present(): boolean {
    return this.members.length > 0;
  }

  reads(topic: string): boolean {
    return this.cursors.has(topic);
  }

  /** From now on the topic's records wait for this group; it starts with the oldest one kept. */
  expect(topic: string, partitions: readonly MemoryPartition[]): void {
    if (this.reads(topic)) return;
    this.log.expect(this.name, partitions);
    this.cursors.set(
      topic,
      partitions.map((partition) => ({ partition, position: partition.start, busy: null })),
    );
  }

  /** Records of the topic that this group has not handled. */
  lag(topic: string): Pick<Lag, 'records' | 'since'> {
    const cursors = this.cursors.get(topic) ?? [];
    const oldest = cursors.map(({ partition, position }) => partition.at(position)?.record.timestamp ?? null);
    return { records: behind(cursors), since: earliest(oldest) };
  }

  join(member: Member): Subscription {
    this.members.push(member);
    this.wakeAll();
    return {
      get healthy() {
        return !member.left && member.runner.stopped === null;
      },
      get stopped() {
        return member.runner.stopped;
      },
      lag: () => Promise.resolve(behind(this.ownedBy(member))),
      passed: (instant) =>
        Promise.resolve(
          member.subscription.topics.every((topic) => (this.cursors.get(topic.name) ?? []).every((cursor) => hasPassed(cursor, instant))),
        ),
      close: () => this.leave(member),
    };
  }

  wake(topic: string, partition: number): void {
    const cursor = this.cursors.get(topic)?.[partition];
    if (cursor) this.work(cursor);
  }

  private async leave(member: Member): Promise<void> {
    member.left = true;
    member.runner.leave();
    await Promise.all(this.ownedBy(member).map((cursor) => cursor.busy ?? Promise.resolve()));
    this.members = this.members.filter((other) => other !== member);
    this.wakeAll();
  }

  private wakeAll(): void {
    for (const cursor of [...this.cursors.values()].flat()) this.work(cursor);
  }

  private ownedBy(member: Member): Cursor[] {
    return [...this.cursors.values()].flat().filter((cursor) => this.owner(cursor) === member);
  }

  private owner({ partition }: Cursor): Member | undefined {
    const readers = this.members.filter((member) => member.subscription.topics.some((topic) => topic.name === partition.topic));
    return readers[partition.index % readers.length];
  }

  /** One batch of a partition at a time, always by the member that owns it when the batch begins. */
  private work(cursor: Cursor): void {
    const member = this.owner(cursor);
    if (cursor.busy || !member || member.left || cursor.position >= cursor.partition.end) return;
    cursor.busy = detached(() => this.deliver(cursor, member)).finally(() => {
      cursor.busy = null;
      this.work(cursor);
    });
  }

  private async deliver(cursor: Cursor, { runner }: Member): Promise<void> {
    await new Promise((turn) => setImmediate(turn)); // never within the publisher's call
    const batch = cursor.partition.slice(cursor.position, MAX_TAKEN);
    const delivery: Delivery = {
      group: this.name,
      topic: cursor.partition.topic,
      partition: cursor.partition.index,
      records: batch.map((stored) => stored.record),
    };
    const fault = this.faults.deliver?.(delivery);
    if (fault?.delayMs) await pause(fault.delayMs);
    if (fault?.twice) await runner.handle(delivery.records);
    if (!this.faults.crashBeforeCommit) await runner.handle(delivery.records, { advanced: (left) => this.commit(cursor, batch, left) });
    else if ((await runner.handle(delivery.records)) && !this.faults.crashBeforeCommit(delivery)) this.commit(cursor, batch, []);
  }

  /** Settles the publishes of every handled record and moves the position to the first record that is not handled. */
  private commit(cursor: Cursor, batch: readonly Stored[], left: readonly BusRecord[]): void {
    const open = new Set(left);
    for (const stored of batch) if (!open.has(stored.record)) this.log.handled(this.name, stored);
    const last = batch.at(-1);
    if (last) cursor.position = Number(left[0]?.offset ?? last.record.offset + 1n);
  }
}

function hasPassed({ partition, position }: Cursor, instant: number): boolean {
  return (partition.at(position)?.record.timestamp ?? Infinity) >= instant;
}

function behind(cursors: readonly Cursor[]): number {
  return cursors.reduce((sum, { partition, position }) => sum + partition.end - position, 0);
}
