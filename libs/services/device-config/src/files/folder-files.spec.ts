import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { FilesUnavailable } from './file-store';
import { FolderFiles } from './folder-files';
import { fileStoreContract } from './testing/file-store-contract';

let folder: string;
let files: FolderFiles;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voltbus-folder-'));
  files = new FolderFiles(join(folder, 'files'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const kept = async () =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).map(({ name }) => name);

describe('a folder as the place of files', () => {
  fileStoreContract(() => ({ store: files, kept }));

  it('says that files cannot be kept where nothing can be written', async () => {
    const id = randomUUID();
    await writeFile(join(folder, 'occupied'), '');
    const occupied = new FolderFiles(join(folder, 'occupied'));
    await expect(occupied.write(id, Readable.from([Buffer.from('x')]), 9)).rejects.toBeInstanceOf(FilesUnavailable);
    await expect(occupied.read(id)).rejects.toBeInstanceOf(FilesUnavailable);
    const full = Readable.from([Buffer.from('x')]).map(() => {
      throw Object.assign(new Error('disk full'), { code: 'ENOSPC' });
    });
    await expect(files.write(id, full, 9)).rejects.toBeInstanceOf(FilesUnavailable);
  });

  it('neither reads nor writes through a link that somebody has put there', async () => {
    const [id, secret] = [randomUUID(), join(folder, 'secret')];
    await writeFile(secret, 'not yours');
    await mkdir(join(folder, 'files', id.slice(0, 2)), { recursive: true });
    await symlink(secret, join(folder, 'files', id.slice(0, 2), id));
    await symlink(secret, join(folder, 'files', id.slice(0, 2), `${id}.part`));
    await expect(files.read(id)).rejects.toBeInstanceOf(FilesUnavailable);
    await expect(files.write(id, Readable.from([Buffer.from('x')]), 9)).rejects.toThrow('EEXIST');
    await files.remove(id);
    await files.write(id, Readable.from([Buffer.from('x')]), 9);
    expect(await text(await files.read(id))).toBe('x');
    expect(await text(Readable.from([await import('node:fs/promises').then((fs) => fs.readFile(secret))]))).toBe('not yours');
  });
});
