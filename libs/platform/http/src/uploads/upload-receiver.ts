import type { Readable } from 'node:stream';

/** Injection token of the `UploadReceiver`, which device-config's HTTP module provides. */
export const UPLOAD_RECEIVER = Symbol.for('voltbus.upload-receiver');

/** The address of an upload is this, and its token. */
export const UPLOADS_PATH = '/uploads';

/** What a station sends of a file. */
export interface UploadedFile {
  /** As the station wrote it, so it may be anything; null: it did not. */
  name: string | null;
  /** Fails where the station leaves before the end of the file. */
  body: Readable;
}

export interface Upload {
  token: string;
  /** Bytes of the request's body, where the station says so; null: it does not. */
  length: number | null;
  /** Begins to read the body. Throws `bad-request` where it is a form that cannot be read or has no file. */
  file(): Promise<UploadedFile>;
}

/** Receives files of stations at addresses that were given to them. */
export interface UploadReceiver {
  /** Resolves when the whole file is kept. Throws `not-found` for a token that opens nothing, or no more. */
  receive(upload: Upload): Promise<void>;
}
