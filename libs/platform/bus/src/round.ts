import { TransientError, type BusRecord, type DeadLetterCause, type Handler, type HandlerContext } from './bus';
import { headRun, type Line } from './line';
import { pause } from './pause';
import { asError, isPoison, isTransient } from './runner/failure';
import { putAway } from './runner/put-away';
import { DEFECT_ATTEMPTS } from './runner/quarantine';
import { type Slots } from './slots';
import { type BusTelemetry } from './telemetry';

/** Most records in one call of a batch handler: beyond, a multi-row insert gains nothing and its failure costs more. */
export const MAX_BATCH_RECORDS = 1_000;
const DEFECT_PAUSE_MS = 50;

export interface RoundOptions {
  group: string;
  slots: Slots;
  telemetry: BusTelemetry;
  /** Nobody waits for the handlers any more. */
  givenUp: AbortSignal;
  /** Nothing more may be handled. */
  ended(): boolean;
  handled(handler: string, key: string): void;
  /** How often a record may be tried: 0 in quarantine, 1 while its key is watched. */
  attempts(record: BusRecord): number;
  /** A rejection means the bus is away: the record waits. */
  bury(record: BusRecord, cause: DeadLetterCause): Promise<void>;
}

interface Entry {
  line: Line;
  record: BusRecord;
}

/**
 * Brings lines forward until each is empty or blocked. Each key goes through its records in order: the run of records at
 * its head that one batch handler takes is written together with those of all other keys; then the key-shaped runs are
 * handled, keys concurrently; and so on.
 */
export class Round {
  private readonly settling: Promise<unknown>[] = [];

  constructor(private readonly options: RoundOptions) {}

  async run(lines: readonly Line[]): Promise<void> {
    for (;;) {
      const open = lines.filter((line) => line.entries.length > 0 && this.goesOn(line));
      if (open.length === 0) break;
      await this.batches(open.filter((line) => line.entries[0]?.handler.shape === 'batch'));
      await Promise.all(open.filter((line) => line.entries[0]?.handler.shape === 'key').map((line) => this.decisions(line)));
    }
    await Promise.all(this.settling);
  }

  /** Handlers concurrently, each with the runs of all keys together; a key stands with one handler only, so its order holds. */
  private async batches(lines: readonly Line[]): Promise<void> {
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
    const parts = ([handler, entries]: [Handler, Entry[]]) => this.inParts(handler, entries);
    await Promise.all([...work].map(parts));
  }

  private async inParts(handler: Handler, entries: readonly Entry[]): Promise<void> {
    for (let at = 0; at < entries.length; at += MAX_BATCH_RECORDS) await this.batch(handler, entries.slice(at, at + MAX_BATCH_RECORDS));
  }

  private async batch(handler: Handler, entries: readonly Entry[]): Promise<void> {
    const open = await this.withoutWatched(entries.filter((entry) => this.goesOn(entry.line)));
    const [first] = open;
    if (!first) return;
    const error = await this.call(handler, open);
    if (!error) this.forward(handler, open);
    else if (isTransient(error)) for (const { line } of open) line.blocked = error;
    else if (open.length === 1) await this.failed(handler, first, error);
    else {
      const half = Math.ceil(open.length / 2); // the culprit is in one of them; the others must not suffer for it
      await this.batch(handler, open.slice(0, half));
      await this.batch(handler, open.slice(half));
    }
  }

  /** Handles what is watched apart, before the others: a key in trouble fails no batch but its own. */
  private async withoutWatched(entries: readonly Entry[]): Promise<Entry[]> {
    const counts = new Map<Line, number>();
    for (const { line } of entries) counts.set(line, (counts.get(line) ?? 0) + 1);
    const watched = new Map<Line, number>();
    for (const [line, count] of counts) {
      const [head] = line.entries;
      if (head && this.options.attempts(head.record) < DEFECT_ATTEMPTS) watched.set(line, count);
    }
    if (watched.size === 0) return [...entries];
    await Promise.all([...watched].map(([line, count]) => this.oneByOne(line, count)));
    return entries.filter((entry) => !watched.has(entry.line));
  }

  private decisions(line: Line): Promise<void> {
    return this.oneByOne(
      line,
      headRun(line, (handler) => handler.shape === 'key'),
    );
  }

  /** So many records at the head of the line, each by itself. */
  private async oneByOne(line: Line, count: number): Promise<void> {
    for (let left = count; left > 0 && this.goesOn(line);) {
      const head = line.entries[0];
      if (!head) return;
      if (this.options.attempts(head.record) === 0) {
        left -= await putAway(this.options, line, left);
        continue;
      }
      left -= 1;
      const entry = { line, record: head.record };
      const error = await this.call(head.handler, [entry]);
      if (!error) this.forward(head.handler, [entry]);
      else if (isTransient(error)) line.blocked = error;
      else await this.failed(head.handler, entry, error);
    }
  }

  /** One record failed alone: poison is put away at once, anything else gets the other attempts that are left to it. */
  private async failed(handler: Handler, entry: Entry, firstError: Error): Promise<void> {
    const { line, record } = entry;
    let error = firstError;
    let attempts = 1;
    for (; !isPoison(error) && attempts < this.options.attempts(record); attempts++) {
      await pause(DEFECT_PAUSE_MS * attempts, line.lost);
      const next = await this.call(handler, [entry]);
      if (!next) return this.forward(handler, [entry]);
      if (isTransient(next)) {
        line.blocked = next;
        return;
      }
      error = next;
    }
    try {
      const kind = isPoison(error) ? 'poison' : 'defect';
      await this.options.bury(record, { kind, group: this.options.group, handler: handler.name, error, attempts });
      line.entries.shift();
    } catch (away) {
      line.blocked = asError(away);
    }
  }

  private forward({ name }: Handler, entries: readonly Entry[]): void {
    for (const { line, record } of entries) {
      this.options.handled(name, record.key);
      line.entries.shift();
    }
  }

  /** Null when it went well. Waiting for a slot it may come too late: that is no fault of the record. */
  private async call(handler: Handler, entries: readonly Entry[]): Promise<Error | null> {
    const { slots, group, telemetry, givenUp } = this.options;
    return slots.use(async () => {
      const [first] = entries;
      if (!first || !entries.some((entry) => this.goesOn(entry.line))) return new TransientError('handling has ended');
      const startedAt = performance.now();
      try {
        if (handler.shape === 'key') await handler.handle(first.record, this.context(handler));
        else
          await handler.handle(
            entries.map((entry) => entry.record),
            this.context(handler),
          );
        return null;
      } catch (error) {
        return givenUp.aborted ? new TransientError('given up', { cause: error }) : asError(error);
      } finally {
        telemetry.handlerRan(first.record.topic, group, (performance.now() - startedAt) / 1_000);
      }
    });
  }

  private context(handler: Handler): HandlerContext {
    const failed = (err: unknown) =>
      this.options.telemetry.logger.warn({ err, group: this.options.group, handler: handler.name }, 'work beside a handler failed');
    return { signal: this.options.givenUp, settle: (work) => void this.settling.push(work.catch(failed)) };
  }

  private goesOn(line: Line): boolean {
    return line.blocked === null && !line.lost.aborted && !this.options.ended();
  }
}
