import { AsyncLocalStorage } from 'node:async_hooks';
import { type BusRecord, type FollowSubscription, type Subscription } from '../port';
import { handleFollowed, topicsOf } from '../following';
import { type BusTelemetry } from '../telemetry';

/** Reads from now on, alone. What it has been offered waits for the next turn of the event loop, never longer. */
export class MemoryFollower implements Subscription {
  readonly stopped = null;
  private waiting: BusRecord[] = [];
  private closed = false;
  /** What it reads belongs to no request that happened to publish it. */
  private readonly detached = AsyncLocalStorage.snapshot();

  constructor(
    private readonly subscription: FollowSubscription,
    private readonly telemetry: BusTelemetry,
    private readonly left: () => void,
  ) {}

  get healthy(): boolean {
    return !this.closed;
  }

  offer(record: BusRecord): void {
    const { partition } = this.subscription;
    if (!topicsOf(this.subscription).some(({ name }) => name === record.topic)) return;
    if (partition !== undefined && partition !== record.partition) return;
    this.waiting.push(record);
    if (this.waiting.length === 1) this.detached(() => setImmediate(() => this.deliver()));
  }

  lag(): Promise<number> {
    return Promise.resolve(this.waiting.length);
  }

  passed(instant: number): Promise<boolean> {
    return Promise.resolve(this.waiting.every((record) => record.timestamp >= instant));
  }

  close(): Promise<void> {
    this.closed = true;
    this.waiting = [];
    this.left();
    return Promise.resolve();
  }

  private deliver(): void {
    const records = this.waiting;
    this.waiting = [];
    for (const record of records) if (!this.closed) handleFollowed(this.subscription, record, this.telemetry);
  }
}
