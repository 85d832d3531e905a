import type { FileStore } from '../files';
import { FILE_SWEEP_MS, LOST_UPLOAD_MS, REMOVAL_BATCH } from './limits';
import type { TypeormLogFiles } from './store/typeorm-log-files';
import type { UploadTelemetry } from './upload-telemetry';

interface FileSweepParts {
  rows: TypeormLogFiles;
  files: FileStore;
  telemetry: Pick<UploadTelemetry, 'fileRemoved' | 'notSwept'>;
  notice(request: string): Promise<void>;
  /** 0: for ever. */
  keptDays: number;
  uploadMs: number;
  now(): Date;
}

const DAY_MS = 86_400_000;

/** Removes files that are too old or belong to nothing any more. It works where the HTTP API is, because only there the files can be reached. */
export class FileSweep {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly parts: FileSweepParts) {}

  start(): void {
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.run()).catch((error: unknown) => this.parts.telemetry.notSwept(error));
    }, FILE_SWEEP_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** One batch. Two processes may do the same at once, which does no harm. */
  async run(): Promise<void> {
    const { rows, files, telemetry, notice, keptDays, uploadMs, now } = this.parts;
    for (const request of await rows.unnoticed(REMOVAL_BATCH)) await notice(request);
    const before = (ms: number) => new Date(now().getTime() - ms);
    const keptSince = keptDays === 0 ? null : before(keptDays * DAY_MS);
    const removable = await rows.removable({ keptSince, lostBefore: before(uploadMs + LOST_UPLOAD_MS) }, REMOVAL_BATCH);
    for (const id of removable) {
      await files.remove(id);
      await rows.remove(id);
      telemetry.fileRemoved();
    }
  }
}
