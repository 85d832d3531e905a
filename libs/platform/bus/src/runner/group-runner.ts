import { type BusRecord, type DeadLetterCause, type GroupSubscription } from '../port';
import { keyQueuesOf, type KeyQueue } from './key-queue';
import { pause } from '../pause';
import { BatchScheduler } from './batch-scheduler';
import { Patience } from './patience';
import { Quarantine } from './quarantine';
import { StopRule, nextStopMs } from './stop-rule';
import { Semaphore } from './semaphore';
import { type BusTelemetry } from '../telemetry';

/** Keys of one group handled at once, when the subscription has no setting of its own. */
const DEFAULT_CONCURRENCY = 8;
/** Back-off of a partition whose dependency is away: doubles from the first to the last. */
const FIRST_BACK_OFF_MS = 100;
const LAST_BACK_OFF_MS = 5_000;
const NEVER = new AbortController().signal;

interface RunnerOptions {
  subscription: GroupSubscription;
  telemetry: BusTelemetry;
  /** Sends the record to the dead letters; a rejection means that the bus is away: the record waits. */
  deadLetter(record: BusRecord, cause: DeadLetterCause): Promise<void>;
  /** Milliseconds of a steady clock; for tests. */
  now?(): number;
}

/** Callbacks of the adapter, called while the runner works on a partition's batch. */
interface BatchProgress {
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
 * Handles the records of one subscription's partitions, whichever adapter brings them. Batches that arrive in the same turn
 * of the event loop go through one `BatchScheduler` together. A key that meets a transient error waits where it is, its
 * partition backs off, and the others go on. A handler that fails at most stations stops them all for a while.
 */
export class GroupRunner {
  private readonly semaphore: Semaphore;
  private readonly rule = new StopRule();
  private readonly leaving = new AbortController();
  private readonly giveUp = new AbortController();
  private readonly quarantine = new Quarantine();
  private readonly patience = new Patience();
  private readonly now: () => number;
  private gathered: Turn[] = [];
  /** The last stop; `until` is in the past when it is over. */
  private stop: { reason: string; lengthMs: number; until: number } | null = null;

  constructor(private readonly options: RunnerOptions) {
    this.semaphore = new Semaphore(options.subscription.concurrency ?? DEFAULT_CONCURRENCY);
    this.now = options.now ?? (() => performance.now());
  }

  /** Returns the reason why nothing is handled at the moment; null when everything is tried. */
  get stopped(): string | null {
    return this.stop !== null && this.now() < this.stop.until ? this.stop.reason : null;
  }

  /** Finishes the records in hand and tries nothing again. */
  leave(): void {
    this.leaving.abort();
  }

  /** Aborts the handlers' signal: nobody waits for them any more. */
  abort(): void {
    this.leave();
    this.giveUp.abort();
  }

  /**
   * Handles the records of one partition; true when all of them are handled, false when something ended it before: the
   * partition is `lost` to another member, or the subscription leaves. At most one batch of a partition at a time: that
   * keeps the order.
   */
  async handle(records: readonly BusRecord[], progress: BatchProgress = {}, lost: AbortSignal = NEVER): Promise<boolean> {
    let left = records;
    let delayMs = FIRST_BACK_OFF_MS;
    for (;;) {
      await this.sitOutStop(progress, lost);
      const result = await this.turn(left, lost);
      if (result.left.length < left.length) delayMs = FIRST_BACK_OFF_MS;
      left = result.left;
      progress.advanced?.(left);
      if (left.length === 0) return true;
      if (lost.aborted || this.leaving.signal.aborted) return false;
      if (result.error === null && this.stopped !== null) continue;
      progress.backingOff?.(result.error ?? new Error('unknown'), delayMs);
      await pause(delayMs, AbortSignal.any([lost, this.leaving.signal]));
      delayMs = Math.min(delayMs * 2, LAST_BACK_OFF_MS);
    }
  }

  private async sitOutStop(progress: BatchProgress, lost: AbortSignal): Promise<void> {
    while (this.stop !== null && this.stopped !== null && !lost.aborted && !this.leaving.signal.aborted) {
      const leftMs = Math.max(1, this.stop.until - this.now());
      progress.backingOff?.(new Error(this.stop.reason), leftMs);
      await pause(leftMs, AbortSignal.any([lost, this.leaving.signal]));
    }
  }

  private turn(records: readonly BusRecord[], lost: AbortSignal): Promise<{ left: BusRecord[]; error: Error | null }> {
    return new Promise((done) => {
      this.gathered.push({ records, lost, done });
      if (this.gathered.length === 1) setImmediate(() => void this.handleGathered());
    });
  }

  private async handleGathered(): Promise<void> {
    const { subscription, telemetry } = this.options;
    const turns = this.gathered;
    this.gathered = [];
    const scheduler = new BatchScheduler({
      group: subscription.group,
      semaphore: this.semaphore,
      telemetry,
      givenUp: this.giveUp.signal,
      ended: () => this.stopped !== null,
      handled: (handler, key) => {
        this.rule.handled(handler, key);
        this.patience.handled(handler, key, this.now());
      },
      attempts: (record) => this.attempts(record),
      deadLetter: (record, cause) => this.deadLetter(record, cause),
    });
    await scheduler.run(
      turns.map((turn) => {
        const queues = keyQueuesOf(turn.records, turn.lost, subscription.route);
        return { queues, finished: () => this.finish(turn, queues) };
      }),
    );
  }

  private async finish({ records, done }: Turn, queues: readonly KeyQueue[]): Promise<void> {
    await Promise.all(queues.map((queue) => this.giveUpIfAlone(queue)));
    const left = new Set(queues.flatMap((queue) => queue.entries.map((entry) => entry.record)));
    done({ left: records.filter((record) => left.has(record)), error: queues.find((queue) => queue.blocked)?.blocked ?? null });
  }

  private attempts(record: BusRecord): number {
    const attempts = this.quarantine.attempts(record);
    return attempts > 1 && this.patience.isSuspect(record.key, this.now()) ? 1 : attempts;
  }

  /** Dead-letters the record of a key that waits alone: it would hold up its partition for ever. */
  private async giveUpIfAlone({ blocked, entries: [head], entries, lost }: KeyQueue): Promise<void> {
    if (blocked === null || head === undefined || lost.aborted || this.leaving.signal.aborted || this.stopped !== null) return;
    const { record, handler } = head;
    if (!this.patience.isExhausted(handler.name, record.key, this.now())) return;
    const error = new Error(`it has waited too long, alone: ${blocked.message}`, { cause: blocked });
    const cause = { kind: 'defect', group: this.options.subscription.group, handler: handler.name, error, attempts: 1 } as const;
    await this.deadLetter(record, cause).then(
      () => void entries.shift(),
      () => undefined, // the bus is away: it waits with the others
    );
  }

  private async deadLetter(record: BusRecord, cause: DeadLetterCause): Promise<void> {
    const { telemetry, deadLetter } = this.options;
    await deadLetter(record, cause);
    telemetry.deadLettered(record, cause);
    if (cause.kind === 'quarantine') return;
    const quarantineMs = this.quarantine.countDeadLetter(record);
    if (quarantineMs !== null) {
      telemetry.quarantined(record, cause, quarantineMs);
      this.rule.forget(record.key);
    } else if (cause.kind === 'defect' && this.rule.countDefect(cause.handler, record.key)) this.stopFor(cause);
  }

  /** Half-open afterwards: everything is tried again, and stops for twice as long if it still fails at most stations. */
  private stopFor({ group, handler, error }: DeadLetterCause): void {
    const now = this.now();
    if (this.stopped !== null) return;
    const lengthMs = nextStopMs(this.stop === null ? null : { lengthMs: this.stop.lengthMs, sinceMs: now - this.stop.until });
    this.stop = { reason: `${handler} fails at most stations`, lengthMs, until: now + lengthMs };
    this.options.telemetry.consumingStopped(group, handler, lengthMs, error);
  }
}
