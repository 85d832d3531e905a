import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { CsmsError } from '@voltbus/contracts';
import { silentLogger, testMetrics } from '@voltbus/testing';
import { FileTooLarge, FilesUnavailable, type FileStore } from './file-store';
import { ObservedFiles } from './observed-files';

const ID = '00000000-0000-4000-8000-000000000000';

function observed(place: Partial<FileStore>) {
  const metrics = testMetrics();
  const logged: object[] = [];
  const logger = { ...silentLogger, error: (about: object) => void logged.push(about) };
  return { files: new ObservedFiles(place as FileStore, logger, metrics), metrics, logged };
}

it('counts and logs that the place of files failed, with the cause', async () => {
  const away = new FilesUnavailable(new Error('403'));
  const place = { write: () => Promise.reject(away), read: () => Promise.reject(away), remove: () => Promise.reject(away) };
  const { files, metrics, logged } = observed(place);
  await expect(files.write(ID, Readable.from([]), 1)).rejects.toBe(away);
  await expect(files.read(ID)).rejects.toBe(away);
  await expect(files.remove(ID)).rejects.toBe(away);
  const counted = ['write', 'read', 'remove'].map((operation) => metrics.total('file_store_failures_total', { operation }));
  expect(counted).toEqual([1, 1, 1]);
  expect(logged).toContainEqual({ operation: 'read', file: ID, err: away });
});

it('counts one that fails while it is read', async () => {
  const source = new PassThrough();
  const { files, metrics } = observed({ read: () => Promise.resolve(source) });
  const read = text(await files.read(ID));
  source.destroy(new FilesUnavailable('cut'));
  await expect(read).rejects.toBeInstanceOf(FilesUnavailable);
  expect(metrics.total('file_store_failures_total', { operation: 'read' })).toBe(1);
});

it('counts nothing that is the fault of a file', async () => {
  const place = { write: () => Promise.reject(new FileTooLarge('9')), read: () => Promise.reject(new CsmsError('not-found', 'gone')) };
  const { files, metrics, logged } = observed(place);
  await expect(files.write(ID, Readable.from([]), 1)).rejects.toBeInstanceOf(FileTooLarge);
  await expect(files.read(ID)).rejects.toMatchObject({ code: 'not-found' });
  expect([metrics.total('file_store_failures_total'), logged]).toEqual([0, []]);
});
