import { TransientError, type BusRecord, type DeadLetterCause, type Handler, type HandlerContext } from '../port';
import { inHandlerSpan } from './handler-span';
import { headRun, type KeyQueue } from './key-queue';
import { pause } from '../pause';
import { asError, isPoison, isTransient } from './failure';
import { deadLetterQuarantined } from './dead-letter-quarantined';
import { DEFECT_ATTEMPTS } from './quarantine';
import { type Semaphore } from './semaphore';
import { type BusTelemetry } from '../telemetry';

/** Most records in one call of a batch handler: beyond, a multi-row insert gains nothing and its failure costs more. */
export const MAX_BATCH_RECORDS = 1_000;
const DEFECT_PAUSE_MS = 50;

interface BatchSchedulerOptions {
  group: string;
  /** Bounds the handlers that run at once. */
  semaphore: Semaphore;
  telemetry: BusTelemetry;
  /** Aborted when nobody waits for the handlers any more. */
  givenUp: AbortSignal;
  /** Returns true when nothing more may be handled. */
  ended(): boolean;
  handled(handler: string, key: string): void;
  /** Returns how often a record may be tried: 0 in quarantine, 1 while its key is watched. */
  attempts(record: BusRecord): number;
  /** Sends the record to the dead letters. A rejection means that the bus is away: the record waits. */
  deadLetter(record: BusRecord, cause: DeadLetterCause): Promise<void>;
}

/** The key queues of one partition's batch. */
interface ScheduledBatch {
  readonly queues: readonly KeyQueue[];
  /** Called once, when each of its queues is empty or blocked and what they gave to `settle` is done: it does not wait for other partitions. */
  finished(): Promise<void>;
}

interface Entry {
  queue: KeyQueue;
  record: BusRecord;
}

/**
 * Works on the key queues of some partitions until each is empty or blocked. The records at the head of a queue that one batch handler takes are
 * written together with those of all other keys; then the records of key handlers follow, keys concurrently; and so on.
 */
export class BatchScheduler {
  constructor(private readonly options: BatchSchedulerOptions) {}

  async run(batches: readonly ScheduledBatch[]): Promise<void> {
    for (let open = [...batches]; open.length > 0;) {
      const queues = open.flatMap((batch) => this.open(batch));
      await this.batches(queues.filter((queue) => queue.entries[0]?.handler.shape === 'batch'));
      const isOpen = await Promise.all(open.map((batch) => this.decide(batch)));
      open = open.filter((_, at) => isOpen[at]);
    }
  }

  /** Runs the key handlers at the heads of its queues; false when it has finished. */
  private async decide(batch: ScheduledBatch): Promise<boolean> {
    const keyed = this.open(batch).filter((queue) => queue.entries[0]?.handler.shape === 'key');
    await Promise.all(keyed.map((queue) => this.decisions(queue)));
    if (this.open(batch).length > 0) return true;
    const settling = new Set(batch.queues.flatMap((queue) => [...queue.settling]));
    await Promise.all([...settling].flat());
    await batch.finished();
    return false;
  }

  private open({ queues }: ScheduledBatch): KeyQueue[] {
    return queues.filter((queue) => queue.entries.length > 0 && this.goesOn(queue));
  }

  /** Runs the batch handlers concurrently, each for all keys together. A key waits for one handler only, so its order holds. */
  private async batches(queues: readonly KeyQueue[]): Promise<void> {
    const work = new Map<Handler, Entry[]>();
    for (const queue of queues) {
      const head = queue.entries[0]?.handler;
      if (!head) continue;
      const entries = work.get(head) ?? [];
      work.set(head, entries);
      for (const { record } of queue.entries.slice(
        0,
        headRun(queue, (handler) => handler === head),
      ))
        entries.push({ queue, record });
    }
    const parts = ([handler, entries]: [Handler, Entry[]]) => this.inParts(handler, entries);
    await Promise.all([...work].map(parts));
  }

  private async inParts(handler: Handler, entries: readonly Entry[]): Promise<void> {
    for (let at = 0; at < entries.length; at += MAX_BATCH_RECORDS) await this.batch(handler, entries.slice(at, at + MAX_BATCH_RECORDS));
  }

  private async batch(handler: Handler, entries: readonly Entry[]): Promise<void> {
    const open = await this.withoutWatched(entries.filter((entry) => this.goesOn(entry.queue)));
    const [first] = open;
    if (!first) return;
    const error = await this.call(handler, open);
    if (!error) this.forward(handler, open);
    else if (isTransient(error)) for (const { queue } of open) queue.blocked = error;
    else if (open.length === 1) await this.failed(handler, first, error);
    else {
      const half = Math.ceil(open.length / 2); // the culprit is in one of them; the others must not suffer for it
      await this.batch(handler, open.slice(0, half));
      await this.batch(handler, open.slice(half));
    }
  }

  /** Handles watched keys apart, before the others: a key in trouble fails no batch but its own. Returns the other entries. */
  private async withoutWatched(entries: readonly Entry[]): Promise<Entry[]> {
    const counts = new Map<KeyQueue, number>();
    for (const { queue } of entries) counts.set(queue, (counts.get(queue) ?? 0) + 1);
    const watched = new Map<KeyQueue, number>();
    for (const [queue, count] of counts) {
      const [head] = queue.entries;
      if (head && this.options.attempts(head.record) < DEFECT_ATTEMPTS) watched.set(queue, count);
    }
    if (watched.size === 0) return [...entries];
    await Promise.all([...watched].map(([queue, count]) => this.oneByOne(queue, count)));
    return entries.filter((entry) => !watched.has(entry.queue));
  }

  private decisions(queue: KeyQueue): Promise<void> {
    return this.oneByOne(
      queue,
      headRun(queue, (handler) => handler.shape === 'key'),
    );
  }

  /** Handles `count` records at the head of the queue one by one. */
  private async oneByOne(queue: KeyQueue, count: number): Promise<void> {
    for (let left = count; left > 0 && this.goesOn(queue);) {
      const head = queue.entries[0];
      if (!head) return;
      if (this.options.attempts(head.record) === 0) {
        left -= await deadLetterQuarantined(this.options, queue, left);
        continue;
      }
      left -= 1;
      const entry = { queue, record: head.record };
      const error = await this.call(head.handler, [entry]);
      if (!error) this.forward(head.handler, [entry]);
      else if (isTransient(error)) queue.blocked = error;
      else await this.failed(head.handler, entry, error);
    }
  }

  /** Dead-letters a record that failed alone: poison at once, a defect after the attempts that are left to it. */
  private async failed(handler: Handler, entry: Entry, firstError: Error): Promise<void> {
    const { queue, record } = entry;
    let error = firstError;
    let attempts = 1;
    for (; !isPoison(error) && attempts < this.options.attempts(record); attempts++) {
      await pause(DEFECT_PAUSE_MS * attempts, queue.lost);
      const next = await this.call(handler, [entry]);
      if (!next) return this.forward(handler, [entry]);
      if (isTransient(next)) {
        queue.blocked = next;
        return;
      }
      error = next;
    }
    try {
      const kind = isPoison(error) ? 'poison' : 'defect';
      await this.options.deadLetter(record, { kind, group: this.options.group, handler: handler.name, error, attempts });
      queue.entries.shift();
    } catch (away) {
      queue.blocked = asError(away);
    }
  }

  private forward({ name }: Handler, entries: readonly Entry[]): void {
    for (const { queue, record } of entries) {
      this.options.handled(name, record.key);
      queue.entries.shift();
    }
  }

  /** Calls the handler; returns its error, or null. A call that comes too late behind the semaphore is no fault of the record. */
  private async call(handler: Handler, entries: readonly Entry[]): Promise<Error | null> {
    const { semaphore, givenUp } = this.options;
    return semaphore.use(async () => {
      if (!entries.some((entry) => this.goesOn(entry.queue))) return new TransientError('handling has ended');
      try {
        await this.handle(handler, entries);
        return null;
      } catch (error) {
        return givenUp.aborted ? new TransientError('given up', { cause: error }) : asError(error);
      }
    });
  }

  private handle(handler: Handler, entries: readonly Entry[]): Promise<void> {
    const records = entries.map(({ record }) => record);
    const [first] = records;
    if (first === undefined) return Promise.resolve();
    const { group, telemetry } = this.options;
    return inHandlerSpan(group, handler, records, async () => {
      const context = this.context(handler, entries);
      const startedAt = performance.now();
      try {
        await (handler.shape === 'batch' ? handler.handle(records, context) : handler.handle(first, context));
      } finally {
        telemetry.handlerRan(first.topic, group, (performance.now() - startedAt) / 1_000);
      }
    });
  }

  private context(handler: Handler, entries: readonly Entry[]): HandlerContext {
    const failed = (err: unknown) =>
      this.options.telemetry.logger.warn({ err, group: this.options.group, handler: handler.name }, 'work beside a handler failed');
    const settling: Promise<unknown>[] = [];
    for (const { queue } of entries) queue.settling.add(settling);
    return { signal: this.options.givenUp, settle: (work) => void settling.push(work.catch(failed)) };
  }

  private goesOn(queue: KeyQueue): boolean {
    return queue.blocked === null && !queue.lost.aborted && !this.options.ended();
  }
}
