import { type KafkaAdmin } from './kafka-client';
import { type Assignment } from './kafka-consumer';
import { committedOffsets, endOffsets, positionId, type Position } from './positions';
import { pause } from '../pause';
import { type BusTelemetry } from '../telemetry';

const LEARN_PAUSE_MS = 200;

/** A partition that this member has been given. */
export interface Owned extends Position {
  /** Another member has it now. */
  readonly lost: AbortController;
  /** The batch in hand. */
  work: Promise<void> | null;
  /** When the oldest record in hand was published, Unix ms. */
  since: number | null;
  /** The batch in hand left the fetch loop: it seeks and resumes when it is done. */
  detached: boolean;
}

interface OwnershipOptions {
  group: string;
  admin: KafkaAdmin;
  telemetry: BusTelemetry;
  commit(offsets: readonly { topic: string; partition: number; offset: bigint }[]): Promise<void>;
}

/** The partitions of a group's member, over all its joins. After a join they count only when their positions are known. */
export class Ownership {
  private readonly owned = new Map<string, Owned>();
  private joins = 0;
  private ended = false;
  private learning: Promise<void> = Promise.resolve();
  private complete = false;

  constructor(private readonly options: OwnershipOptions) {}

  /** The positions of the last join are known. */
  get known(): boolean {
    return this.complete;
  }

  /** Settles when the positions of the last join are known, or a later join made them pointless. */
  get learnt(): Promise<void> {
    return this.learning;
  }

  all(): Owned[] {
    return [...this.owned.values()];
  }

  find(topic: string, partition: number): Owned | undefined {
    return this.owned.get(positionId(topic, partition));
  }

  end(): void {
    this.ended = true;
  }

  /** What is no longer ours is let go; what is new is not handled before its position is known. */
  joined(assignment: Assignment): void {
    const ids = new Set(
      Object.entries(assignment).flatMap(([topic, partitions]) => partitions.map((partition) => positionId(topic, partition))),
    );
    for (const [id, owned] of this.owned) {
      if (ids.has(id)) continue;
      owned.lost.abort();
      this.owned.delete(id);
    }
    this.options.telemetry.joined(this.options.group, ids.size);
    this.complete = false;
    this.learning = this.learn(assignment, ++this.joins);
  }

  private async learn(assignment: Assignment, join: number): Promise<void> {
    while (join === this.joins && !this.ended) {
      try {
        if (await this.learnOnce(assignment, join)) {
          this.complete = true;
          return;
        }
      } catch (err) {
        this.options.telemetry.logger.warn({ err, group: this.options.group }, 'committed offsets are not known yet, asking again');
      }
      await pause(LEARN_PAUSE_MS);
    }
  }

  /**
   * True when every partition has a committed offset and its position is known. One without starts at the beginning, and that
   * is committed at once: else a crash before its first commit could move it.
   */
  private async learnOnce(assignment: Assignment, join: number): Promise<boolean> {
    const topics = Object.keys(assignment);
    const { admin, group: groupId, commit } = this.options;
    if (topics.length === 0) return join === this.joins;
    const [known, ends] = await admin.ask((one) => Promise.all([committedOffsets(one, groupId, topics), endOffsets(one, topics)]));
    const partitions = Object.entries(assignment).flatMap(([topic, list]) =>
      list.map((partition) => ({ topic, partition, id: positionId(topic, partition) })),
    );
    const without = partitions.filter(({ id }) => (known.get(id) ?? -1n) < 0n);
    if (join !== this.joins) return false;
    if (without.length > 0) {
      await commit(without.map(({ topic, partition, id }) => ({ topic, partition, offset: ends.get(id)?.low ?? 0n })));
      return false; // read back: kafkajs drops a commit silently while its consumer is not running
    }
    for (const { topic, partition, id } of partitions) this.take(topic, partition, known.get(id) ?? 0n, ends.get(id)?.end ?? 0n);
    return true;
  }

  private take(topic: string, partition: number, next: bigint, end: bigint): void {
    const owned = this.find(topic, partition);
    if (!owned)
      this.owned.set(positionId(topic, partition), {
        topic,
        partition,
        next,
        end,
        lost: new AbortController(),
        work: null,
        since: null,
        detached: false,
      });
    else if (!owned.work) Object.assign(owned, { next, end });
  }
}
