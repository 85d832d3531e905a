import { createHash, randomUUID } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { FileTooLarge, type FileStore } from '../file-store';

interface KeptFiles {
  store: FileStore;
  /** Names of what is kept, whole or not. */
  kept(): Promise<string[]>;
}

const EMPTY_SHA = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const EMPTY_MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const A_PART = 5 * 1_048_576;

/** What every place of files keeps to. */
export function fileStoreContract(started: () => KeptFiles): void {
  it('keeps a file whole, gives it back, and removes it once and again', async () => {
    const { store, kept } = started();
    const id = randomUUID();
    expect(await store.write(id, Readable.from([Buffer.from('one'), Buffer.from('two')]), 6)).toMatchObject({ sizeBytes: 6 });
    expect(await text(await store.read(id))).toBe('onetwo');
    expect(await kept()).toEqual([expect.stringContaining(id)]);
    await store.remove(id);
    await store.remove(id);
    await expect(store.read(id)).rejects.toMatchObject({ code: 'not-found' });
    expect(await kept()).toEqual([]);
    expect(await store.write(randomUUID(), Readable.from([]), 6)).toEqual({ sizeBytes: 0, sha256: EMPTY_SHA, md5: EMPTY_MD5 });
  });

  it('gives back the bytes that are asked for, and no others', async () => {
    const { store } = started();
    const id = randomUUID();
    await store.write(id, Readable.from([Buffer.from('0123456789')]), 10);
    const read = async (first: number, last: number) => text(await store.read(id, { first, last }));
    expect([await read(0, 0), await read(3, 5), await read(9, 9), await read(0, 9)]).toEqual(['0', '345', '9', '0123456789']);
  });

  it('keeps a file of several parts as it was, whatever pieces it comes in', async () => {
    const { store } = started();
    const [id, whole] = [randomUUID(), Buffer.alloc(2 * A_PART + 7, 'voltbus')];
    const pieces = [whole.subarray(0, 3), whole.subarray(3, A_PART + 1), whole.subarray(A_PART + 1)];
    const stored = await store.write(id, Readable.from(pieces), whole.length);
    const hash = (algorithm: string) => createHash(algorithm).update(whole).digest('hex');
    expect(stored).toEqual({ sizeBytes: whole.length, sha256: hash('sha256'), md5: hash('md5') });
    expect((await buffer(await store.read(id))).equals(whole)).toBe(true);
    expect(await text(await store.read(id, { first: A_PART, last: A_PART + 6 }))).toBe(whole.subarray(A_PART, A_PART + 7).toString());
  });

  it.each([4, 2 * A_PART])(
    'shows nothing of a file before it is whole, and keeps nothing of one that is cut after %d bytes',
    async (bytes) => {
      const { store, kept } = started();
      const [id, body] = [randomUUID(), new PassThrough()];
      const written = store.write(id, body, 4 * A_PART);
      if (!body.write(Buffer.alloc(bytes))) await new Promise((resolve) => body.once('drain', resolve));
      await expect(store.read(id)).rejects.toMatchObject({ code: 'not-found' });
      body.destroy(Object.assign(new Error('cut'), { code: 'ECONNRESET' }));
      await expect(written).rejects.toMatchObject({ code: 'ECONNRESET' });
      expect(await kept()).toEqual([]);
    },
  );

  it.each([9, 2 * A_PART])('keeps nothing of a file of more than %d bytes, and reads no more of it', async (most) => {
    const { store, kept } = started();
    const body = Readable.from([Buffer.alloc(most), Buffer.alloc(1), Buffer.alloc(1)]);
    await expect(store.write(randomUUID(), body, most)).rejects.toBeInstanceOf(FileTooLarge);
    expect(body.destroyed).toBe(true);
    expect(await kept()).toEqual([]);
  });

  it('keeps nothing of a body that had failed before', async () => {
    const { store, kept } = started();
    const body = new PassThrough();
    body.once('error', () => undefined).destroy(new Error('gone'));
    await expect(store.write(randomUUID(), body, 9)).rejects.toThrow('gone');
    expect(await kept()).toEqual([]);
  });

  it.each(['../../etc/passwd', '/etc/passwd', '..', '', 'x', `${randomUUID()}/..`, `${randomUUID()}\r\n`])(
    'takes %j for no id',
    async (id) => {
      const { store } = started();
      for (const attempt of [() => store.read(id), () => store.remove(id), () => store.write(id, Readable.from([]), 1)])
        await expect(attempt()).rejects.toThrow('no id');
    },
  );
}
