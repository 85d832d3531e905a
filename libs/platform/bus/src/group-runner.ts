import {
  BusFull,
  BusUnavailable,
  PoisonError,
  TransientError,
  type BusRecord,
  type DeadLetterCause,
  type GroupSubscription,
  type Handler,
} from './bus';
import { StopRule, MOST_DEAD, OUT_OF_LAST } from './dead-letters';
import { headRun, linesOf, type Line } from './line';
import { pause } from './pause';
import { Slots } from './slots';
import { type BusTelemetry } from './telemetry';

/** Keys of one group handled at once, when the subscription does not say. */
export const DEFAULT_CONCURRENCY = 8;
/** Most records in one call of a batch handler: beyond, a multi-row insert gains nothing and its failure costs more. */
export const MAX_BATCH_RECORDS = 1_000;
/** A record that fails without being poison is tried so often before it is dead-lettered. */
export const DEFECT_ATTEMPTS = 3;
const DEFECT_PAUSE_MS = 50;
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
  /** These are handled (or dead-lettered), and the work given to `settle` is done; `left` are not, in order. */
  advanced?(left: readonly BusRecord[]): void;
  /** A dependency is away: the partition waits so long and tries again. */
  backingOff?(error: Error, delayMs: number): void;
}

interface Turn {
  records: readonly BusRecord[];
  lost: AbortSignal;
  done(result: { left: BusRecord[]; error: Error | null }): void;
}

interface Entry {
  line: Line;
  record: BusRecord;
}

/**
 * Handles what the partitions of one subscription bring, knowing nothing of where it comes from. Batches that arrive in the
 * same turn of the event loop are handled as one. Within it, each key goes through its records in order: the run of
 * records at its head that one batch handler takes is written together with those of all other keys; then the key-shaped
 * runs are handled, keys concurrently; and so on until nothing is left. A key that meets a transient error waits where it
 * is while the others go on.
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
    const turns = this.gathered.map((turn) => ({ ...turn, lines: linesOf(turn.records, turn.lost, this.options.subscription.route) }));
    this.gathered = [];
    const settling: Promise<unknown>[] = [];
    await this.phases(
      turns.flatMap((turn) => turn.lines),
      settling,
    );
    await Promise.all(settling);
    for (const { records, lines, done } of turns) {
      const left = new Set(lines.flatMap((line) => line.entries.map((entry) => entry.record)));
      done({ left: records.filter((record) => left.has(record)), error: lines.find((line) => line.blocked)?.blocked ?? null });
    }
  }

  private async phases(lines: readonly Line[], settling: Promise<unknown>[]): Promise<void> {
    for (;;) {
      const open = lines.filter((line) => line.entries.length > 0 && this.goesOn(line));
      if (open.length === 0) return;
      await this.batches(
        open.filter((line) => line.entries[0]?.handler.shape === 'batch'),
        settling,
      );
      await Promise.all(open.filter((line) => line.entries[0]?.handler.shape === 'key').map((line) => this.decisions(line, settling)));
    }
  }

  /** Handlers concurrently, each with the runs of all keys together; a key stands with one handler only, so its order holds. */
  private async batches(lines: readonly Line[], settling: Promise<unknown>[]): Promise<void> {
    const work = new Map<Handler, Entry[]>();
    for (const line of lines) {
      const head = line.entries[0]?.handler;
      if (!head) continue;
      const entries = work.get(head) ?? [];
      work.set(head, entries);
      for (const { record } of line.entries.slice(
        0,
        headRun(line, (handler) => handler === head),
      ))
        entries.push({ line, record });
    }
    await Promise.all(
      [...work].map(async ([handler, entries]) => {
        for (let at = 0; at < entries.length; at += MAX_BATCH_RECORDS)
          await this.batch(handler, entries.slice(at, at + MAX_BATCH_RECORDS), settling);
      }),
    );
  }

  private async batch(handler: Handler, entries: readonly Entry[], settling: Promise<unknown>[]): Promise<void> {
    const open = entries.filter((entry) => this.goesOn(entry.line));
    const [first] = open;
    if (!first) return;
    const error = await this.call(
      handler,
      open.map((entry) => entry.record),
      settling,
    );
    if (!error) {
      this.rule.handled(open.length);
      for (const { line } of open) line.entries.shift();
    } else if (isTransient(error)) {
      for (const { line } of open) line.blocked = error;
    } else if (open.length === 1) {
      await this.failed(handler, first, error, settling);
    } else {
      const half = Math.ceil(open.length / 2); // the culprit is in one of them; the others must not suffer for it
      await this.batch(handler, open.slice(0, half), settling);
      await this.batch(handler, open.slice(half), settling);
    }
  }

  private async decisions(line: Line, settling: Promise<unknown>[]): Promise<void> {
    for (let run = headRun(line, (handler) => handler.shape === 'key'); run > 0 && this.goesOn(line); run--) {
      const head = line.entries[0];
      if (!head) return;
      const error = await this.call(head.handler, [head.record], settling);
      if (!error) {
        this.rule.handled(1);
        line.entries.shift();
      } else if (isTransient(error)) line.blocked = error;
      else await this.failed(head.handler, { line, record: head.record }, error, settling);
    }
  }

  /** One record failed alone: poison is put away at once, anything else gets its other attempts. */
  private async failed(handler: Handler, { line, record }: Entry, firstError: Error, settling: Promise<unknown>[]): Promise<void> {
    let error = firstError;
    let attempts = 1;
    for (; !(error instanceof PoisonError) && attempts < DEFECT_ATTEMPTS; attempts++) {
      await pause(DEFECT_PAUSE_MS * attempts, line.lost);
      const next = await this.call(handler, [record], settling);
      if (!next) {
        this.rule.handled(1);
        line.entries.shift();
        return;
      }
      if (isTransient(next) || !this.goesOn(line)) {
        line.blocked = next;
        return;
      }
      error = next;
    }
    await this.buried(line, record, {
      kind: error instanceof PoisonError ? 'poison' : 'defect',
      group: this.options.subscription.group,
      handler: handler.name,
      error,
      attempts,
    });
  }

  private async buried(line: Line, record: BusRecord, cause: DeadLetterCause): Promise<void> {
    try {
      await this.options.bury(record, cause);
    } catch (error) {
      line.blocked = asError(error);
      return;
    }
    line.entries.shift();
    const { topic, partition, offset, key } = record;
    this.options.telemetry.deadLettered(
      { topic, partition, offset, key, group: cause.group, handler: cause.handler, kind: cause.kind, attempts: cause.attempts },
      cause.error,
    );
    if (this.rule.dead() && this.stopReason === null) this.stop();
  }

  private stop(): void {
    this.stopReason = `more than ${MOST_DEAD} of the last ${OUT_OF_LAST} records went to the dead letters`;
    this.options.telemetry.logger.fatal({ group: this.options.subscription.group }, `consuming stopped: ${this.stopReason}`);
  }

  private async call(handler: Handler, records: BusRecord[], settling: Promise<unknown>[]): Promise<Error | null> {
    const {
      subscription: { group },
      telemetry,
    } = this.options;
    const [first] = records;
    if (!first) return null;
    const context = {
      signal: this.giveUp.signal,
      settle: (work: Promise<unknown>) =>
        void settling.push(
          work.catch((err: unknown) => telemetry.logger.warn({ err, group, handler: handler.name }, 'work beside a handler failed')),
        ),
    };
    return this.slots.use(async () => {
      const startedAt = performance.now();
      try {
        await (handler.shape === 'batch' ? handler.handle(records, context) : handler.handle(first, context));
        return null;
      } catch (error) {
        return this.giveUp.signal.aborted ? new TransientError('given up', { cause: error }) : asError(error);
      } finally {
        telemetry.handlerRan(first.topic, group, (performance.now() - startedAt) / 1_000);
      }
    });
  }

  private goesOn(line: Line): boolean {
    return line.blocked === null && !line.lost.aborted && this.stopReason === null;
  }
}

function isTransient(error: Error): boolean {
  return error instanceof TransientError || error instanceof BusUnavailable || error instanceof BusFull;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
