import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { FileTooLarge, NoRoom } from './file-store';
import { FolderFiles } from './folder-files';

let folder: string;
let files: FolderFiles;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voltbus-folder-'));
  files = new FolderFiles(join(folder, 'files'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const kept = async () =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).map(({ name }) => name);
const EMPTY_SHA = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

it('keeps a file whole, gives it back, and removes it once and again', async () => {
  const id = randomUUID();
  expect(await files.write(id, Readable.from([Buffer.from('one'), Buffer.from('two')]), 6)).toMatchObject({ sizeBytes: 6 });
  expect(await text(await files.read(id))).toBe('onetwo');
  await files.remove(id);
  await files.remove(id);
  await expect(files.read(id)).rejects.toMatchObject({ code: 'not-found' });
  expect(await kept()).toEqual([]);
  expect((await files.write(randomUUID(), Readable.from([]), 6)).sha256).toBe(EMPTY_SHA);
});

it('shows nothing of a file before it is whole, and keeps nothing of one that never is', async () => {
  const [id, body] = [randomUUID(), new PassThrough()];
  const written = files.write(id, body, 100);
  body.write('half');
  await expect(files.read(id)).rejects.toMatchObject({ code: 'not-found' });
  body.destroy(Object.assign(new Error('cut'), { code: 'ECONNRESET' }));
  await expect(written).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await kept()).toEqual([]);
});

it('keeps nothing of a file that is too large', async () => {
  await expect(files.write(randomUUID(), Readable.from([Buffer.alloc(5), Buffer.alloc(5)]), 9)).rejects.toBeInstanceOf(FileTooLarge);
  expect(await kept()).toEqual([]);
});

it('says that there is no room where nothing can be written', async () => {
  const id = randomUUID();
  await writeFile(join(folder, 'occupied'), '');
  await expect(new FolderFiles(join(folder, 'occupied')).write(id, Readable.from([Buffer.from('x')]), 9)).rejects.toBeInstanceOf(NoRoom);
  const full = Readable.from([Buffer.from('x')]).map(() => {
    throw Object.assign(new Error('disk full'), { code: 'ENOSPC' });
  });
  await expect(files.write(id, full, 9)).rejects.toBeInstanceOf(NoRoom);
});

it.each(['../../etc/passwd', '/etc/passwd', '..', '', 'x', `${randomUUID()}/..`])('takes %j for no id', async (id) => {
  for (const attempt of [() => files.read(id), () => files.remove(id), () => files.write(id, Readable.from([]), 1)])
    await expect(attempt()).rejects.toThrow('no id');
});
