import type { Topic } from '@voltbus/contracts';
import { RecordRefused, type Bus, type OutgoingRecord } from '@voltbus/bus';
import { WakeableLoop } from '@voltbus/flow';

const RETRY_MS = 1_000;

interface WaitingRecordsOptions {
  bus: Pick<Bus, 'publish'>;
  topic: Topic;
  /** Bytes of values that wait while the bus is away. Beyond the limit the oldest record is given up. */
  maxBytes: number;
  onGivenUp(): void;
  /** The bus will never take this record. */
  onRefused(error: RecordRefused): void;
}

/** Publishes records of one topic in order. While the bus is away they wait, within a bound of bytes, and are sent again. */
export class WaitingRecords {
  private waiting: OutgoingRecord[] = [];
  private bytes = 0;
  private readonly loop = new WakeableLoop({ run: () => this.sendWaiting() });

  constructor(private readonly options: WaitingRecordsOptions) {}

  publish(record: OutgoingRecord): void {
    this.waiting.push(record);
    this.bytes += record.value.length;
    while (this.bytes > this.options.maxBytes && this.waiting.length > 1) {
      this.bytes -= this.waiting.shift()?.value.length ?? 0;
      this.options.onGivenUp();
    }
    this.loop.wake();
  }

  /** Resolves when no record waits. */
  flush(): Promise<void> {
    return this.loop.idle();
  }

  /** Tries no more. */
  stop(): void {
    void this.loop.stop();
  }

  private async sendWaiting(): Promise<void> {
    const { bus, topic } = this.options;
    while (this.waiting.length > 0 && !this.loop.stopped) {
      const batch = this.waiting.slice();
      const results = await Promise.allSettled(batch.map((record) => bus.publish(topic, record)));
      const errors = results.map((result): unknown => (result.status === 'rejected' ? result.reason : null));
      const failed = errors.findIndex((error) => error !== null && !(error instanceof RecordRefused));
      for (const error of failed < 0 ? errors : errors.slice(0, failed)) if (error instanceof RecordRefused) this.options.onRefused(error);
      // Everything behind a failed record is sent again, so that none overtakes it.
      this.remove(new Set(failed < 0 ? batch : batch.slice(0, failed)));
      if (failed >= 0) await new Promise((retry) => setTimeout(retry, RETRY_MS));
    }
  }

  private remove(sent: ReadonlySet<OutgoingRecord>): void {
    this.waiting = this.waiting.filter((one) => !sent.has(one));
    this.bytes = this.waiting.reduce((sum, { value }) => sum + value.length, 0);
  }
}
