import type { Readable } from 'node:stream';
import type { ByteRange } from './range';

/** Injection token of the `DownloadSource`, which device-config's HTTP module provides. */
export const DOWNLOAD_SOURCE = Symbol.for('voltbus.download-source');

/** The address of a download is this, and its token. */
export const DOWNLOADS_PATH = '/downloads';

/** A file that is given to whoever has its address. */
export interface OfferedFile {
  /** Of plain characters. */
  name: string;
  /** More than 0. */
  sizeBytes: number;
  /** SHA-256 of its content, hexadecimal. */
  sha256: string;
  /** Throws `unavailable` where as many are read as may be at once, or it cannot be read. Whoever stops reading destroys the stream. */
  read(range?: ByteRange): Promise<Readable>;
}

/** Gives files to stations at addresses that were given to them. */
export interface DownloadSource {
  /** Throws `not-found` for a token that opens nothing, or no more. */
  find(token: string): Promise<OfferedFile>;
}
