import { AsyncLocalStorage } from 'node:async_hooks';
import { type Topic } from '@voltbus/contracts';
import { type Availability } from '../availability';
import { BusFull, BusUnavailable, RecordRefused, type OutgoingRecord } from '../port';
import { pause } from '../pause';
import { type BusTelemetry } from '../telemetry';

/** Bytes of records that wait or are under way: 20 s without a broker at some 7,000 station messages a second. */
const MAX_WAITING_BYTES = 64 * 1_048_576;
/** Bytes in one send. Also bounds the batch of one partition, which the broker takes up to `max.message.bytes`. */
const MAX_SEND_BYTES = 512 * 1_024;
/** Roughly what a record costs beyond its bytes. */
const RECORD_OVERHEAD = 100;
/** Between two tries of a send that failed for a reason that may pass. */
const RETRY_PAUSE_MS = 500;
/** A stop waits so long for what has not been acknowledged. */
const CLOSE_WITHIN_MS = 5_000;

/** A record on its way, with its publisher's promise. */
export interface Sending {
  readonly topic: Topic;
  readonly record: OutgoingRecord;
  readonly bytes: number;
  readonly since: number;
  settle(error: Error | null): void;
}

export interface SendQueueOptions {
  /** Resolves when all are durable. Rejects with `RecordRefused` when one of them never can be, with anything else to be called again. */
  send(batch: readonly Sending[]): Promise<void>;
  availability: Availability;
  telemetry: BusTelemetry;
  maxWaitingBytes?: number;
}

/**
 * Gathers records into sends, ONE under way at a time: what comes meanwhile waits and goes together. When nothing is under
 * way, what one turn of the event loop brings goes at once. One at a time because overlapping sends overtake one another
 * when a broker restarts, and gathered because a send costs ten times what a record does.
 */
export class SendQueue {
  private readonly waiting = new Set<Sending>();
  private readonly stopping = new AbortController();
  private bytes = 0;
  private running: Promise<void> | null = null;
  /** A send is for the records of many publishers. */
  private readonly detached = AsyncLocalStorage.snapshot();

  constructor(private readonly options: SendQueueOptions) {}

  add(topic: Topic, record: OutgoingRecord, timeoutMs: number): Promise<void> {
    if (this.stopping.signal.aborted) return Promise.reject(new BusUnavailable('the bus is closed'));
    const bytes = RECORD_OVERHEAD + record.key.length + record.value.length;
    if (this.bytes + bytes > (this.options.maxWaitingBytes ?? MAX_WAITING_BYTES))
      return Promise.reject(new BusFull(`${this.bytes} bytes are waiting for the bus`));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => sending.settle(new BusUnavailable(`${topic.name}: not acknowledged within ${timeoutMs} ms`)),
        timeoutMs,
      );
      let settled = false;
      const sending: Sending = {
        topic,
        record,
        bytes,
        since: performance.now(),
        settle: (error) => {
          if (settled) return;
          settled = true;
          clearTimeout(timer);
          if (this.waiting.delete(sending)) this.bytes -= bytes;
          if (error === null) return resolve();
          this.options.telemetry.notProduced(topic.name, 1);
          reject(error);
        },
      };
      this.bytes += bytes;
      this.waiting.add(sending);
      this.options.availability.waiting();
      this.running ??= this.detached(() => this.run());
    });
  }

  /** Sends what waits, as long as that takes a few seconds; the rest is given back. */
  async close(): Promise<void> {
    const late = new AbortController();
    await Promise.race([this.running, pause(CLOSE_WITHIN_MS, late.signal)]);
    late.abort();
    this.stopping.abort();
    for (const sending of [...this.waiting]) sending.settle(new BusUnavailable('the bus was closed'));
  }

  private async run(): Promise<void> {
    await new Promise((turn) => setImmediate(turn));
    for (let batch = this.next(); batch.length > 0; batch = this.next()) {
      await this.deliver(batch);
      for (const { bytes } of batch) this.bytes -= bytes;
    }
    this.running = null;
  }

  private next(): Sending[] {
    const batch: Sending[] = [];
    let bytes = 0;
    for (const sending of this.waiting) {
      if (batch.length > 0 && bytes + sending.bytes > MAX_SEND_BYTES) break;
      bytes += sending.bytes;
      batch.push(sending);
    }
    for (const sending of batch) this.waiting.delete(sending); // their bytes count until they are through
    return batch;
  }

  /** Sent until the bus has taken it: a record whose publisher has given up may still arrive, but nothing behind it overtakes it. */
  private async deliver(batch: readonly Sending[]): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.options.send(batch);
        return this.acknowledged(batch);
      } catch (error) {
        if (error instanceof RecordRefused) return this.refused(batch, error);
        this.options.telemetry.logger.warn({ err: error, records: batch.length }, 'records were not sent, trying again');
        await pause(RETRY_PAUSE_MS, this.stopping.signal);
      }
    }
    for (const sending of batch) sending.settle(new BusUnavailable('the bus was closed'));
  }

  private acknowledged(batch: readonly Sending[]): void {
    const now = performance.now();
    const oldest = new Map<string, number>();
    for (const sending of batch) {
      sending.settle(null);
      oldest.set(sending.topic.name, Math.min(oldest.get(sending.topic.name) ?? Infinity, sending.since));
    }
    for (const [topic, since] of oldest) this.options.telemetry.acknowledged(topic, (now - since) / 1_000);
    this.options.availability.acknowledged(this.waiting.size > 0);
  }

  /** One of them is at fault; the halves go one after the other, so that the order stays. */
  private async refused(batch: readonly Sending[], error: RecordRefused): Promise<void> {
    if (batch.length === 1) {
      for (const sending of batch) sending.settle(error);
      this.options.availability.acknowledged(this.waiting.size > 0); // an answer is an answer
      return;
    }
    const half = Math.ceil(batch.length / 2);
    await this.deliver(batch.slice(0, half));
    await this.deliver(batch.slice(half));
  }
}
