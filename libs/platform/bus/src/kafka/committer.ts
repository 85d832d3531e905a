import { positionId } from './positions';

interface Offset {
  topic: string;
  partition: number;
  offset: bigint;
}

/** Gathers what is to be committed: one request for all partitions of a turn, one under way at a time. */
export class Committer {
  private pending = new Map<string, Offset>();
  private running: Promise<void> = Promise.resolve();
  private upcoming: Promise<void> | null = null;

  constructor(
    private readonly commit: (offsets: readonly Offset[]) => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Resolves when it was tried. What failed is kept and goes with the next commit. */
  add(topic: string, partition: number, offset: bigint): Promise<void> {
    this.pending.set(positionId(topic, partition), { topic, partition, offset });
    return (this.upcoming ??= this.next());
  }

  /** Not ours any more: its new owner commits. */
  forget(topic: string, partition: number): void {
    this.pending.delete(positionId(topic, partition));
  }

  private async next(): Promise<void> {
    await this.running;
    await new Promise((turn) => setImmediate(turn));
    this.upcoming = null;
    await (this.running = this.flush());
  }

  private async flush(): Promise<void> {
    const offsets = this.pending;
    this.pending = new Map();
    try {
      await this.commit([...offsets.values()]);
    } catch (error) {
      for (const [id, offset] of offsets) if (!this.pending.has(id)) this.pending.set(id, offset);
      this.failed(error);
    }
  }
}
