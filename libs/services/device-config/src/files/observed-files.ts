import type { Readable } from 'node:stream';
import type { ByteRange } from '@voltbus/http';
import type { Logger, Metrics } from '@voltbus/telemetry';
import { FilesUnavailable, type FileStore, type StoredFile } from './file-store';

type Operation = 'write' | 'read' | 'remove';

/** A place of files whose failures are logged with their causes, and counted. */
export class ObservedFiles implements FileStore {
  private readonly failures;

  constructor(
    private readonly files: FileStore,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.failures = metrics.counter(
      'file_store_failures_total',
      'Files that could not be written, read or removed where they are kept: no room, no right, or no answer',
      ['operation'],
    );
  }

  write(id: string, body: Readable, maxBytes: number): Promise<StoredFile> {
    return this.observed('write', id, this.files.write(id, body, maxBytes));
  }

  async read(id: string, range?: ByteRange): Promise<Readable> {
    const content = await this.observed('read', id, this.files.read(id, range));
    return content.once('error', (error) => this.count('read', id, error));
  }

  remove(id: string): Promise<void> {
    return this.observed('remove', id, this.files.remove(id));
  }

  private async observed<T>(operation: Operation, id: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.count(operation, id, error);
      throw error;
    }
  }

  private count(operation: Operation, file: string, error: unknown): void {
    if (!(error instanceof FilesUnavailable)) return;
    this.failures.add(1, { operation });
    this.logger.error({ operation, file, err: error }, 'the place of files failed');
  }
}
