import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { CsmsError } from '@voltbus/contracts';
import { isUuid } from '@voltbus/http';
import { FileTooLarge, NoRoom, type FileStore, type StoredFile } from './file-store';

/** Ends the name of a file that is not whole. */
const PART = '.part';
/** Errors of a disk that is full, over its quota, read-only or not ours, and of a folder that is not there. */
const NO_ROOM: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'ENOTDIR', 'EMFILE']);

/** Files in a folder of this machine, or one that several machines share. */
export class FolderFiles implements FileStore {
  constructor(private readonly folder: string) {}

  async write(id: string, body: Readable, maxBytes: number): Promise<StoredFile> {
    const path = this.pathOf(id);
    body.on('error', () => undefined); // it may fail before it is read, which then fails
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const handle = await open(`${path}${PART}`, 'wx', 0o600);
      const stored = await fill(handle, body, maxBytes).finally(() => handle.close());
      await rename(`${path}${PART}`, path);
      return stored;
    } catch (error) {
      await rm(`${path}${PART}`, { force: true }).catch(() => undefined); // the sweep removes it
      throw NO_ROOM.has((error as NodeJS.ErrnoException).code) ? new NoRoom('files cannot be written', { cause: error }) : error;
    }
  }

  async read(id: string): Promise<Readable> {
    const handle = await open(this.pathOf(id), 'r').catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? new CsmsError('not-found', 'the file is gone') : error;
    });
    return createReadStream('', { fd: handle });
  }

  async remove(id: string): Promise<void> {
    const path = this.pathOf(id);
    await rm(path, { force: true });
    await rm(`${path}${PART}`, { force: true });
  }

  /** Nothing that a station wrote is in it. */
  private pathOf(id: string): string {
    if (!isUuid(id)) throw new Error('that is no id of a file');
    return join(this.folder, id.slice(0, 2), id);
  }
}

/** Writes the whole body to the disk. */
async function fill(handle: FileHandle, body: Readable, maxBytes: number): Promise<StoredFile> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw new FileTooLarge(`a file has at most ${maxBytes} bytes`);
    hash.update(chunk);
    await handle.appendFile(chunk); // all of it, where `write` may leave some
  }
  await handle.sync();
  return { sizeBytes, sha256: hash.digest('hex') };
}
