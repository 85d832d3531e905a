import type { Readable } from 'node:stream';
import { CsmsError } from '@voltbus/contracts';
import type { ByteRange } from '@voltbus/http';

export interface StoredFile {
  sizeBytes: number;
  /** SHA-256 of its content, hexadecimal. */
  sha256: string;
  /** MD5 of its content, hexadecimal: what OCPP has for a file that is published (L03). */
  md5: string;
}

/** Where files are kept, by ids (UUIDs) that we choose. Adapters: a folder, and a bucket of S3. */
export interface FileStore {
  /**
   * Keeps the whole of it, or nothing; nobody reads it before it is whole. The body is read to its end or destroyed. Rejects with what the body fails with,
   * `FileTooLarge` beyond `maxBytes`, and `FilesUnavailable`. Whoever is told of a failure removes the id: a store may have kept what it could not confirm.
   */
  write(id: string, body: Readable, maxBytes: number): Promise<StoredFile>;
  /** The file, or a range within it. Throws `not-found`, and `FilesUnavailable`, with which the stream may fail too. */
  read(id: string, range?: ByteRange): Promise<Readable>;
  /** One that is not there is removed already. Throws `FilesUnavailable`. */
  remove(id: string): Promise<void>;
}

export class FileTooLarge extends Error {
  override name = 'FileTooLarge';
}

/** Files cannot be written, read or removed where they are kept: no room, no right, or no answer. */
export class FilesUnavailable extends CsmsError {
  constructor(cause: unknown) {
    super('unavailable', 'files cannot be written or read at this time', {}, { cause });
    this.name = 'FilesUnavailable';
  }
}
