import type { Topic } from '@voltbus/contracts';

/** Largest value of a record: a station's largest frame. */
export const MAX_VALUE_BYTES = 1_048_576;
/** Largest key and headers of a record together: the origin that a dead letter adds, an identity and a message id, with room. */
export const MAX_HEADER_BYTES = 65_536;

/** How long `publish` waits for the acknowledgement unless the caller names another time. */
export const PUBLISH_TIMEOUT_MS = 20_000;

/** A record to publish. `key` decides the partition (murmur2, as Kafka's clients do) unless the topic is read by bucket. */
export interface OutgoingRecord {
  key: string;
  value: Uint8Array;
  headers?: Readonly<Record<string, string | Uint8Array>>;
  /** Only for bucket topics. */
  partition?: number;
}

/** A record as a consumer sees it. */
export interface BusRecord {
  topic: string;
  partition: number;
  /** Position in the partition; grows. */
  offset: bigint;
  key: string;
  value: Buffer;
  headers: Readonly<Record<string, Buffer | undefined>>;
  /** When the bus took it, epoch milliseconds. */
  timestamp: number;
}

/** Given to a handler with each call. */
export interface HandlerContext {
  /** Must settle before the offsets of this batch are committed (replies, for instance); a rejection is logged, not retried. */
  settle(work: Promise<unknown>): void;
  signal: AbortSignal;
}

/**
 * How one kind of record is handled. `batch`: many independent facts, one write; the runner halves a failing batch to find the
 * record at fault. `key`: a decision about one station in a transaction of its own; other keys run concurrently, the same key never.
 * Order within a key holds across both shapes.
 */
export type Handler =
  | { shape: 'batch'; name: string; handle(records: BusRecord[], context: HandlerContext): Promise<void> }
  | { shape: 'key'; name: string; handle(record: BusRecord, context: HandlerContext): Promise<void> };

export interface GroupSubscription {
  /** Consumer group: committed offsets, records shared among its members. Starts at the beginning when it has no offset. */
  group: string;
  topics: readonly Topic[];
  /** Which handler takes the record; `null` skips it. Must not throw (a throw is a poison record). */
  route(record: BusRecord): Handler | null;
  /** Most keys handled at once. Default 8: about the database pool. */
  concurrency?: number;
  /** Where a record goes that cannot be handled; default: published to `csms.internal.dlq.v1` with origin headers. */
  onDeadLetter?(record: BusRecord, cause: DeadLetterCause): Promise<void>;
}

export interface DeadLetterCause {
  /** `poison`: it can never be handled. `defect`: we failed at it. `quarantine`: not tried, because too many of its key failed before. */
  kind: 'poison' | 'defect' | 'quarantine';
  group: string;
  handler: string;
  error: Error;
  attempts: number;
}

export interface FollowSubscription {
  /** For logs and the ephemeral group's name. */
  name: string;
  /** Or several: one reader for all of them costs the brokers and this process as much as for one. */
  topic: Topic | readonly Topic[];
  /** One partition of each topic only (a gateway's bucket), or all of them. */
  partition?: number;
  /** Called in order per partition and never concurrently for one; must not throw (a throw is logged and the record is skipped). */
  handle(record: BusRecord): void;
}

export interface Subscription {
  /** `false` while it has not joined, is rebuilding, or has stopped itself for a while (see `stopped`). */
  readonly healthy: boolean;
  /** Why it has stopped itself for a while: a handler fails at most stations, of several tenants. It tries again by itself. */
  readonly stopped: string | null;
  /** Records not yet handled, over the assigned partitions; null when not known. */
  lag(): Promise<number | null>;
  /**
   * True when everything taken by the bus before `instant` (epoch ms) was handled: in all partitions of the subscription's topics, whichever member of
   * its group has them. Sweeps need it, because they look at every station.
   */
  passed(instant: number): Promise<boolean>;
  /** Finishes the batch in hand, commits, leaves the group. */
  close(): Promise<void>;
}

/**
 * Publish and subscribe typed topics, keyed by station. At least once, in order per key.
 * Adapters: `MemoryBus` (one process) and `KafkaBus`; both pass `busContract`.
 */
export interface Bus {
  /**
   * Resolves when the record is durable: acks=all on Kafka; in memory, when every group in the topic's `settledBy` has committed it.
   * Rejects with `BusUnavailable` past `timeoutMs` (default 20 s; the record may still arrive: at least once), at once with
   * `BusFull` when the waiting bytes exceed the bound, and with `RecordRefused` when it can never be taken. Records of one key
   * keep the order of the calls. No handler may await a publish to a lane.
   */
  publish(topic: Topic, record: OutgoingRecord, options?: { timeoutMs?: number }): Promise<void>;
  /** Joins a group; resolves once it has joined and its initial offsets are committed. */
  subscribe(subscription: GroupSubscription): Promise<Subscription>;
  /** Reads from now on, alone, without committed offsets; resolves after the first fetch. Seeks to its own high-water mark after every rejoin. */
  follow(subscription: FollowSubscription): Promise<Subscription>;
  /** Creates what is missing (development, standalone). */
  ensureTopics(topics: readonly Topic[]): Promise<void>;
  /** What is wrong with the topics (missing, other partition count); empty when all is well. */
  checkTopics(topics: readonly Topic[]): Promise<string[]>;
  /** True while publishes are acknowledged; false after they were not for `downAfterMs` (20 s). */
  readonly available: boolean;
  /** Called with the new value whenever `available` changes. */
  onAvailability(listener: (available: boolean) => void): void;
  close(): Promise<void>;
}

/** The bus did not take a record in time. */
export class BusUnavailable extends Error {
  override name = 'BusUnavailable';
}

/** Too many bytes are waiting for the bus. */
export class BusFull extends Error {
  override name = 'BusFull';
}

/** The bus will never take this record: it is larger than `MAX_VALUE_BYTES` or `MAX_HEADER_BYTES`, or the broker refuses it. */
export class RecordRefused extends Error {
  override name = 'RecordRefused';
}

/** A record that can never be handled: dead-lettered at once. */
export class PoisonError extends Error {
  override name = 'PoisonError';
}

/**
 * A dependency is away (database, bus): the partition is paused with back-off and the record tried again, for as long as others
 * wait too. A key that waits alone, while its handler serves others, is a defect after `PATIENCE_MS`.
 */
export class TransientError extends Error {
  override name = 'TransientError';
}
