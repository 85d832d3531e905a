import type { FileStore } from './file-store';
import { FILE_SWEEP_MS, LOST_UPLOAD_MS } from './limits';

/** Files of a block, and their rows: a row is there before its file, and goes after it. */
interface KeptFiles {
  files: Pick<FileStore, 'remove'>;
  rows: { remove(id: string): Promise<void> };
}

interface FileSweepParts extends KeptFiles {
  /** What a look begins with. */
  first?(): Promise<void>;
  /** A batch of files that nothing has any more, or whose upload began before `lostBefore` and has no end. */
  removable(at: { now: Date; lostBefore: Date }): Promise<readonly string[]>;
  telemetry: { fileRemoved(): void; notSwept(error: unknown): void };
  /** What an upload may take. */
  uploadMs: number;
  now(): Date;
}

/** The file, then its row: where the file stays, so does the row, by which the sweep tries again. */
export async function removeFile({ files, rows }: KeptFiles, id: string): Promise<void> {
  await files.remove(id);
  await rows.remove(id);
}

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
    const { first, removable, telemetry, uploadMs, now } = this.parts;
    await first?.();
    const at = now();
    for (const id of await removable({ now: at, lostBefore: new Date(at.getTime() - uploadMs - LOST_UPLOAD_MS) })) {
      await removeFile(this.parts, id);
      telemetry.fileRemoved();
    }
  }
}
