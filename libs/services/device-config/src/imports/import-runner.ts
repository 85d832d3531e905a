import { randomUUID } from 'node:crypto';
import { WakeableLoop } from '@voltbus/flow';
import { problemOf, type ImportKind, type ImportTarget } from '@voltbus/http';
import type { ClaimedImport } from './import-job';
import type { ItemSealing } from './item-sealing';
import type { TypeormImportQueue } from './store/typeorm-import-queue';
import type { DeviceConfigTelemetry } from '../telemetry';

/** Items of one turn; then another tenant has its turn. */
const TURN_ITEMS = 100;
/** How often a process looks for work that another one has queued. */
const POLL_MS = 2_000;
/** How long an import waits while a part of the system is away, or after a defect. */
const RETRY_SECONDS = 10;
/** Attempts at one item that end in a defect; then the import fails. */
const MAX_DEFECTS = 3;

interface ImportRunnerParts {
  queue: TypeormImportQueue;
  sealing: ItemSealing;
  targetOf(kind: ImportKind): ImportTarget;
  telemetry: Pick<DeviceConfigTelemetry, 'importFailed' | 'importWaits'>;
}

/** Carries out imports, one item after the other and one import at a time. Every process with the HTTP API has one. */
export class ImportRunner {
  private readonly holder = randomUUID();
  private readonly loop = new WakeableLoop({
    run: () => this.work(),
    onError: (error) => {
      this.parts.telemetry.importWaits(null, error);
      return POLL_MS;
    },
  });
  private started = false;

  constructor(private readonly parts: ImportRunnerParts) {}

  start(): void {
    this.started = true;
    this.wake();
  }

  /** The item that is being written is finished; the rest is another process's, or the next start's. */
  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** There may be work. Before the start it is left to others. */
  wake(): void {
    if (this.started) this.loop.wake();
  }

  /** One turn of one import. False: there was nothing to do. */
  async turn(): Promise<boolean> {
    const { queue } = this.parts;
    const job = await queue.claim(this.holder);
    if (job === null) return false;
    const held = { id: job.id, holder: this.holder };
    try {
      const ended = await this.importItems(job);
      if (ended === 'lost') return true;
      if (ended === null) await queue.release(held, { waitSeconds: 0, defect: false });
      else await queue.end(held, ended);
    } catch (error) {
      await this.failed(job, error);
    }
    return true;
  }

  /** Null: it has items to come. */
  private async importItems(job: ClaimedImport): Promise<'done' | 'cancelled' | 'failed' | 'lost' | null> {
    const { queue, sealing } = this.parts;
    const held = { id: job.id, holder: this.holder };
    const [target, items] = [this.parts.targetOf(job.kind), await queue.toCome(job.id, TURN_ITEMS)];
    if (await queue.isCancelled(held)) return 'cancelled';
    for (const { item, sealed } of items) {
      if (this.loop.stopped) return null;
      const body = sealing.open(sealed, { tenant: job.tenant, import: job.id, item });
      if (body === null) return 'failed';
      const { tenant, author, onlyNew, dryRun } = job;
      const next = await queue.write(held, item, await target.put({ tenant, body, author, onlyNew, dryRun }));
      if (next !== 'go on') return next;
    }
    return items.length < TURN_ITEMS ? 'done' : null;
  }

  private async failed(job: ClaimedImport, error: unknown): Promise<void> {
    const { queue, telemetry } = this.parts;
    const held = { id: job.id, holder: this.holder };
    const defect = problemOf(error).status !== 503;
    if (defect && job.defects + 1 >= MAX_DEFECTS) {
      telemetry.importFailed(job, error);
      return queue.end(held, 'failed');
    }
    telemetry.importWaits(job, error);
    await queue.release(held, { waitSeconds: RETRY_SECONDS, defect });
  }

  /** Turn after turn while there is work. */
  private async work(): Promise<number> {
    while (!this.loop.stopped && (await this.turn()));
    return POLL_MS;
  }
}
