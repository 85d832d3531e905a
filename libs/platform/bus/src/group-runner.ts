import { type BusRecord, type DeadLetterCause, type GroupSubscription } from './bus';
import { MOST_DEAD, OUT_OF_LAST, StopRule } from './dead-letters';
import { linesOf } from './line';
import { pause } from './pause';
import { Round } from './round';
import { Slots } from './slots';
import { type BusTelemetry } from './telemetry';

/** Keys of one group handled at once, when the subscription does not say. */
export const DEFAULT_CONCURRENCY = 8;
/** Back-off of a partition whose dependency is away: doubles from the first to the last. */
const FIRST_BACK_OFF_MS = 100;
const LAST_BACK_OFF_MS = 5_000;
const NEVER = new AbortController().signal;

export interface RunnerOptions {
  subscription: GroupSubscription;
  telemetry: BusTelemetry;
  /** Puts the record away; a rejection means the bus is away: the record waits. */
  bury(record: BusRecord, cause: DeadLetterCause): Promise<void>;
}

/** What the runner tells the adapter about a partition's batch while it works on it. */
export interface BatchProgress {
  /** All but `left` (in order) are handled or dead-lettered, and the work given to `settle` is done. */
  advanced?(left: readonly BusRecord[]): void;
  /** A dependency is away: the partition waits so long and tries again. */
  backingOff?(error: Error, delayMs: number): void;
}

interface Turn {
  records: readonly BusRecord[];
  lost: AbortSignal;
  done(result: { left: BusRecord[]; error: Error | null }): void;
}

/**
 * Handles what the partitions of one subscription bring, knowing nothing of where it comes from. Batches that arrive in the
 * same turn of the event loop go through one `Round` together. A key that meets a transient error waits where it is, its
 * partition backs off, and the others go on.
 */
export class GroupRunner {
  private readonly slots: Slots;
  private readonly rule = new StopRule();
  private readonly leaving = new AbortController();
  private readonly giveUp = new AbortController();
  private gathered: Turn[] = [];
  private stopReason: string | null = null;

  constructor(private readonly options: RunnerOptions) {
    this.slots = new Slots(options.subscription.concurrency ?? DEFAULT_CONCURRENCY);
  }

  get stopped(): string | null {
    return this.stopReason;
  }

  /** From now on what is in hand is finished, and nothing is tried again. */
  leave(): void {
    this.leaving.abort();
  }

  /** Tells handlers that nobody waits for them any more. */
  abort(): void {
    this.leave();
    this.giveUp.abort();
  }

  /**
   * Handles the records of one partition; true when all of them are handled, false when something ended it before: the
   * partition is `lost` to another member, the subscription leaves, or the stop rule. At most one batch of a partition at a
   * time: that keeps the order.
   */
  async handle(records: readonly BusRecord[], progress: BatchProgress = {}, lost: AbortSignal = NEVER): Promise<boolean> {
    let left = records;
    let delayMs = FIRST_BACK_OFF_MS;
    for (;;) {
      const result = await this.turn(left, lost);
      if (result.left.length < left.length) delayMs = FIRST_BACK_OFF_MS;
      left = result.left;
      progress.advanced?.(left);
      if (left.length === 0) return true;
      if (lost.aborted || this.leaving.signal.aborted || this.stopReason !== null) return false;
      progress.backingOff?.(result.error ?? new Error('unknown'), delayMs);
      await pause(delayMs, AbortSignal.any([lost, this.leaving.signal]));
      delayMs = Math.min(delayMs * 2, LAST_BACK_OFF_MS);
    }
  }

  private turn(records: readonly BusRecord[], lost: AbortSignal): Promise<{ left: BusRecord[]; error: Error | null }> {
    return new Promise((done) => {
      this.gathered.push({ records, lost, done });
      if (this.gathered.length === 1) setImmediate(() => void this.round());
    });
  }

  private async round(): Promise<void> {
    const { subscription, telemetry } = this.options;
    const turns = this.gathered.map((turn) => ({ ...turn, lines: linesOf(turn.records, turn.lost, subscription.route) }));
    this.gathered = [];
    const round = new Round({
      group: subscription.group,
      slots: this.slots,
      telemetry,
      givenUp: this.giveUp.signal,
      ended: () => this.stopReason !== null,
      handled: (records) => this.rule.handled(records),
      bury: (record, cause) => this.bury(record, cause),
    });
    await round.run(turns.flatMap((turn) => turn.lines));
    for (const { records, lines, done } of turns) {
      const left = new Set(lines.flatMap((line) => line.entries.map((entry) => entry.record)));
      done({ left: records.filter((record) => left.has(record)), error: lines.find((line) => line.blocked)?.blocked ?? null });
    }
  }

  private async bury(record: BusRecord, cause: DeadLetterCause): Promise<void> {
    await this.options.bury(record, cause);
    this.options.telemetry.deadLettered(record, cause);
    if (!this.rule.dead() || this.stopReason !== null) return;
    this.stopReason = `more than ${MOST_DEAD} of the last ${OUT_OF_LAST} records went to the dead letters`;
    this.options.telemetry.logger.fatal({ group: cause.group }, `consuming stopped: ${this.stopReason}`);
  }
}
