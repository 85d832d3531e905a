import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { FileTooLarge, type StoredFile } from './file-store';

/** A body that is counted and hashed while it is read. */
export class MeasuredBody {
  private readonly hash = createHash('sha256');
  private readonly md5 = createHash('md5');
  private sizeBytes = 0;

  constructor(
    private readonly body: Readable,
    private readonly maxBytes: number,
  ) {
    body.on('error', () => undefined); // it may fail before it is read, which then fails
  }

  /** Once. Fails with `FileTooLarge` beyond the limit, and destroys the body where it is not read to its end. */
  async *chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of this.body as AsyncIterable<Buffer>) {
      this.sizeBytes += chunk.length;
      if (this.sizeBytes > this.maxBytes) throw new FileTooLarge(`a file has at most ${this.maxBytes} bytes`);
      this.hash.update(chunk);
      this.md5.update(chunk);
      yield chunk;
    }
  }

  /** Of what was read, once. */
  stored(): StoredFile {
    return { sizeBytes: this.sizeBytes, sha256: this.hash.digest('hex'), md5: this.md5.digest('hex') };
  }
}
