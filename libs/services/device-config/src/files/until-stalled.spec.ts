import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { FilesUnavailable } from './file-store';
import { untilStalled } from './until-stalled';

it('hands on all that comes', async () => {
  expect(await text(untilStalled(Readable.from([Buffer.from('a'), Buffer.from('b')]), 60_000))).toBe('ab');
});

it('fails where the source says nothing any more, and ends it', async () => {
  const source = new PassThrough();
  source.write('begun');
  await expect(text(untilStalled(source, 20))).rejects.toBeInstanceOf(FilesUnavailable);
  expect(source.destroyed).toBe(true);
});

it('ends the source of a reader that leaves', async () => {
  const source = new PassThrough();
  source.write('begun');
  const read = untilStalled(source, 60_000);
  await new Promise((resolve) => read.once('data', resolve));
  const closed = new Promise((resolve) => source.once('close', resolve));
  read.destroy();
  source.write('more'); // what was waited for comes, and nobody reads it
  await closed;
});
