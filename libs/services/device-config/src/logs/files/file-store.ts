import type { Readable } from 'node:stream';

export interface StoredFile {
  sizeBytes: number;
  /** SHA-256 of its content, hexadecimal. */
  sha256: string;
}

/** Where files are kept, by ids that we choose. */
export interface FileStore {
  /** Keeps the whole of it, or nothing. Rejects with what the body fails with, `FileTooLarge` beyond `maxBytes`, and `NoRoom`. */
  write(id: string, body: Readable, maxBytes: number): Promise<StoredFile>;
  /** Throws `not-found`. */
  read(id: string): Promise<Readable>;
  /** One that is not there is removed already. */
  remove(id: string): Promise<void>;
}

export class FileTooLarge extends Error {
  override name = 'FileTooLarge';
}

/** Nothing can be written where files are kept. */
export class NoRoom extends Error {
  override name = 'NoRoom';
}
