import type { FileStore } from '../files';
import type { FirmwareFileTelemetry } from './firmware-file-telemetry';
import { FILE_SWEEP_MS, LOST_UPLOAD_MS, REMOVAL_BATCH } from './limits';
import type { TypeormFirmwareFiles } from './store/typeorm-firmware-files';

interface FirmwareFileSweepParts {
  rows: TypeormFirmwareFiles;
  files: FileStore;
  telemetry: FirmwareFileTelemetry;
  uploadMs: number;
  now(): Date;
}

/** Removes files of images that nothing has any more. It works where the HTTP API is, because only there the files can be reached. */
export class FirmwareFileSweep {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly parts: FirmwareFileSweepParts) {}

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
    const { rows, files, telemetry, uploadMs, now } = this.parts;
    const at = now();
    const lostBefore = new Date(at.getTime() - uploadMs - LOST_UPLOAD_MS);
    for (const id of await rows.removable({ now: at, lostBefore }, REMOVAL_BATCH)) {
      await files.remove(id);
      await rows.remove(id);
      telemetry.fileRemoved();
    }
  }
}
