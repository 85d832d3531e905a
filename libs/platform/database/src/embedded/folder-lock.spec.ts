import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderLock } from './folder-lock';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'voltbus-lock-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('is had by one, who is named to the others, and by the next when it is released', async () => {
  const lock = await FolderLock.take(folder, 'process 7');
  expect(lock).toBeInstanceOf(FolderLock);
  expect(await FolderLock.take(folder, 'process 8')).toBe('process 7');
  (lock as FolderLock).release();
  const next = await FolderLock.take(folder, 'process 8');
  expect(next).toBeInstanceOf(FolderLock);
  (next as FolderLock).release();
  expect(readdirSync(folder)).toEqual([]);
});

it('is given up by a process that was killed', async () => {
  const program = `
    require(${JSON.stringify(join(__dirname, 'folder-lock.ts'))}).FolderLock.take(${JSON.stringify(folder)}, 'the killed')
      .then(() => { console.log('taken'); setInterval(() => undefined, 1000); });`;
  const child = spawn(process.execPath, ['-r', join(__dirname, '../../../../../libs/testing/src/run-typescript.cjs'), '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((taken) => child.stdout.once('data', taken));
  expect(await FolderLock.take(folder, 'me')).toBe('the killed');
  child.kill('SIGKILL');
  await new Promise((gone) => child.once('exit', gone));
  const lock = await FolderLock.take(folder, 'me');
  expect(lock).toBeInstanceOf(FolderLock);
  (lock as FolderLock).release();
});

it('is had by one of many who come at once, also over what a dead one left', async () => {
  for (let round = 0; round < 20; round++) {
    const takers = await Promise.all(Array.from({ length: 8 }, (_, taker) => FolderLock.take(folder, `taker ${taker}`)));
    const owners = takers.filter((taker) => taker instanceof FolderLock);
    expect(owners).toHaveLength(1);
    if (round % 2 === 0) owners[0]?.release();
    else owners[0]?.abandon();
  }
});
