import { setTimeout as pause } from 'node:timers/promises';
import type { FrameCopy } from '@voltbus/contracts';
import { isDataError, isTransientDatabaseError } from '@voltbus/database';
import type { DeviceConfigTelemetry } from '../telemetry';
import type { TypeormMessageLog } from './store/typeorm-message-log';

/** Characters of copies that wait to be written: some seconds of a large installation. Beyond, the oldest are dropped. */
export const MAX_BUFFERED_CHARS = 16 * 1024 * 1024;
/** Characters that a copy takes beyond its payload, roughly. */
const COPY_OVERHEAD = 200;
/** Copies in one statement, which holds one connection of the pool. */
const WRITE_COPIES = 500;
/** Pause after a write that failed for a passing reason. */
const AGAIN_MS = 1_000;
/** How long a stop waits for the last writes. */
const LAST_WRITES_MS = 2_000;

/**
 * Copies between the bus and the database. The bus is never kept waiting: in one process, records that it holds for the message log take room from those of stations.
 * So while the database is slow or away the buffer fills, drops its oldest copies and counts them; a crash loses those in it. Copies are best effort (ADR 19).
 */
export class WriteBuffer {
  private waiting: FrameCopy[] = [];
  private waitingChars = 0;
  private running: Promise<void> | null = null;
  private readonly stopping = new AbortController();

  constructor(
    private readonly store: Pick<TypeormMessageLog, 'writeMany'>,
    private readonly telemetry: DeviceConfigTelemetry,
  ) {}

  put(copies: readonly FrameCopy[]): void {
    if (copies.length === 0) return;
    for (const copy of copies) this.waiting.push(copy);
    this.waitingChars += sizeOf(copies);
    while (this.waitingChars > MAX_BUFFERED_CHARS) this.dropOldest();
    this.running ??= this.write();
  }

  /** Resolves when all are written or given up. */
  async written(): Promise<void> {
    await this.running;
  }

  async stop(): Promise<void> {
    await Promise.race([this.written(), pause(LAST_WRITES_MS, undefined, { ref: false })]);
    this.stopping.abort();
  }

  private dropOldest(): void {
    const dropped = this.take(Math.ceil(this.waiting.length / 10));
    this.telemetry.copiesDropped('full', dropped.length);
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0 && !this.stopping.signal.aborted) await this.writeSome(this.take(WRITE_COPIES));
    this.running = null;
  }

  private async writeSome(batch: FrameCopy[]): Promise<void> {
    try {
      await this.store.writeMany(batch);
      this.telemetry.copiesStored(batch.length);
    } catch (error) {
      if (isDataError(error) && batch.length > 1) return this.writeHalves(batch);
      if (!isTransientDatabaseError(error)) return this.telemetry.copiesRefused(error, batch.length);
      this.waiting = [...batch, ...this.waiting];
      this.waitingChars += sizeOf(batch);
      await pause(AGAIN_MS, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
    }
  }

  /** One copy is at fault: the others must not be lost with it. */
  private async writeHalves(batch: FrameCopy[]): Promise<void> {
    const half = Math.ceil(batch.length / 2);
    await this.writeSome(batch.slice(0, half));
    await this.writeSome(batch.slice(half));
  }

  private take(count: number): FrameCopy[] {
    const taken = this.waiting.splice(0, count);
    this.waitingChars -= sizeOf(taken);
    return taken;
  }
}

function sizeOf(copies: readonly FrameCopy[]): number {
  return copies.reduce((sum, { payload }) => sum + COPY_OVERHEAD + (payload?.length ?? 0), 0);
}
