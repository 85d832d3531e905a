import type { Readable } from 'node:stream';
import { CsmsError } from '@voltbus/contracts';
import type { FileStore } from '../files';
import type { LogFile, TypeormLogFiles } from './store/typeorm-log-files';

/** The files of logs, for those who asked for them. */
export class LogFiles {
  constructor(private readonly parts: { rows: TypeormLogFiles; files: FileStore }) {}

  /** The files of these requests, by request. */
  async of(requests: readonly string[]): Promise<ReadonlyMap<string, LogFile>> {
    return new Map((await this.parts.rows.of(requests)).map((file) => [file.request, file]));
  }

  /** Throws `not-found`. */
  async read(request: string): Promise<{ file: LogFile; content: Readable }> {
    const file = await this.fileOf(request);
    return { file, content: await this.parts.files.read(file.id) };
  }

  /** Throws `not-found`. */
  async remove(request: string): Promise<void> {
    const { id } = await this.fileOf(request);
    await this.parts.files.remove(id);
    await this.parts.rows.remove(id);
  }

  private async fileOf(request: string): Promise<LogFile> {
    const [file] = await this.parts.rows.of([request]);
    if (file === undefined) throw new CsmsError('not-found', 'there is no file of this log, or no more');
    return file;
  }
}
