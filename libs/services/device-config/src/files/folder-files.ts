import { constants, createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { CsmsError } from '@voltbus/contracts';
import { isUuid, type ByteRange } from '@voltbus/http';
import { FilesUnavailable, type FileStore, type StoredFile } from './file-store';
import { MeasuredBody } from './measured-body';

/** Ends the name of a file that is not whole. */
const PART = '.part';
/** Errors of a disk that is full, over its quota, read-only, not ours or failing, of a share that is away, and of a folder that is no folder. */
const UNAVAILABLE: ReadonlySet<string | undefined> = new Set([
  ...['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'ENOTDIR', 'EMFILE', 'ENFILE'],
  ...['ESTALE', 'ETIMEDOUT', 'ENOTCONN', 'EHOSTDOWN', 'ELOOP'],
]);

/** Files in a folder of this machine, or one that several machines share. */
export class FolderFiles implements FileStore {
  constructor(private readonly folder: string) {}

  async write(id: string, body: Readable, maxBytes: number): Promise<StoredFile> {
    const measured = new MeasuredBody(body, maxBytes);
    try {
      const path = this.pathOf(id);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const handle = await open(`${path}${PART}`, 'wx', 0o600);
      try {
        await fill(handle, measured).finally(() => handle.close());
        await rename(`${path}${PART}`, path);
      } catch (error) {
        await rm(`${path}${PART}`, { force: true }).catch(() => undefined); // the sweep removes it
        throw error;
      }
      return measured.stored();
    } catch (error) {
      throw known(error);
    } finally {
      body.destroy();
    }
  }

  async read(id: string, range?: ByteRange): Promise<Readable> {
    const path = this.pathOf(id);
    try {
      // a link was not made by us, wherever it leads
      const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
      return createReadStream('', { fd: handle, ...(range === undefined ? {} : { start: range.first, end: range.last }) });
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new CsmsError('not-found', 'the file is gone') : known(error);
    }
  }

  async remove(id: string): Promise<void> {
    const path = this.pathOf(id);
    try {
      await rm(path, { force: true });
      await rm(`${path}${PART}`, { force: true });
    } catch (error) {
      throw known(error);
    }
  }

  /** Nothing that a station or an operator wrote is in it. */
  private pathOf(id: string): string {
    if (!isUuid(id)) throw new Error('that is no id of a file');
    return join(this.folder, id.slice(0, 2), id);
  }
}

/** Writes the whole body to the disk. */
async function fill(handle: FileHandle, body: MeasuredBody): Promise<void> {
  for await (const chunk of body.chunks()) await handle.appendFile(chunk); // all of it, where `write` may leave some
  await handle.sync();
}

function known(error: unknown): unknown {
  return UNAVAILABLE.has((error as NodeJS.ErrnoException).code) ? new FilesUnavailable(error) : error;
}
