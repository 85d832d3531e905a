import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { S3Server, type S3Fault } from '@voltbus/testing';
import { FilesUnavailable } from './file-store';
import { S3_TRIES } from './limits';
import { S3Files, type S3Place } from './s3-files';
import { fileStoreContract } from './testing/file-store-contract';

const LARGE = 11 * 1_048_576;
const PREFIX = 'installation/files/';

let s3: S3Server;
let opened: S3Files[] = [];
beforeAll(async () => {
  s3 = await S3Server.start();
});
afterAll(() => s3.close());
afterEach(() => {
  s3.fault = () => null;
  for (const one of [s3.objects, s3.uploads]) one.clear();
  s3.requests.length = 0;
  for (const one of opened) one.close();
  opened = [];
});

function filesAt(place: Partial<S3Place> = {}): S3Files {
  const { bucket, region, credentials, url: endpoint } = s3;
  const usual = { bucket, region, credentials, endpoint, pathStyle: true, prefix: PREFIX, caFile: undefined, waitMs: 60_000 };
  const files = new S3Files({ ...usual, ...place });
  opened.push(files);
  return files;
}
const keyOf = (id: string) => `${PREFIX}${id.slice(0, 2)}/${id}`;
const bytes = (count: number) => Readable.from([Buffer.alloc(count)]);
/** The fault befalls requests with this method, from the nth on. */
function fail(method: string, fault: S3Fault, from = 1): void {
  let nth = 0;
  s3.fault = (request) => (request.method === method && ++nth >= from ? fault : null);
}

describe('a bucket of S3 as the place of files', () => {
  fileStoreContract(() => ({ store: filesAt(), kept: () => Promise.resolve([...s3.objects.keys(), ...s3.uploads.keys()]) }));

  it('keeps files below its prefix, and signs each request', async () => {
    const id = randomUUID();
    await filesAt().write(id, bytes(1), 9);
    expect(s3.requests).toEqual([`PUT ${keyOf(id)}`]);
    const forged = filesAt({ credentials: { ...s3.credentials, secretAccessKey: 'another one' } });
    await expect(forged.read(id)).rejects.toMatchObject({ code: 'unavailable', cause: { name: 'SignatureDoesNotMatch' } });
    await expect(forged.write(randomUUID(), bytes(1), 9)).rejects.toBeInstanceOf(FilesUnavailable);
    await expect(forged.remove(id)).rejects.toBeInstanceOf(FilesUnavailable);
    expect([...s3.objects.keys()]).toEqual([keyOf(id)]);
  });

  it.each([
    ['there is no such bucket', { bucket: 'another' }, 'NoSuchBucket'],
    ['it is in another region', { region: 'us-test-2' }, 'AuthorizationHeaderMalformed'],
    ['the key is of nobody', { credentials: { accessKeyId: 'nobody', secretAccessKey: 'x' } }, 'InvalidAccessKeyId'],
  ])('says that files are unavailable, and not that one is gone, where %s', async (_title, place, name) => {
    await expect(filesAt(place).read(randomUUID())).rejects.toMatchObject({ code: 'unavailable', cause: { name } });
  });

  it('says so where nothing listens', async () => {
    const files = filesAt({ endpoint: 'http://127.0.0.1:1' });
    const refused = { message: expect.stringContaining('ECONNREFUSED') };
    await expect(files.read(randomUUID())).rejects.toMatchObject({ code: 'unavailable', cause: refused });
    await expect(files.write(randomUUID(), bytes(1), 9)).rejects.toBeInstanceOf(FilesUnavailable);
  });

  it(`tries ${S3_TRIES} times, and no more`, async () => {
    fail('GET', { code: 'InternalError' });
    await expect(filesAt().read(randomUUID())).rejects.toBeInstanceOf(FilesUnavailable);
    expect(s3.requests).toHaveLength(S3_TRIES);
  });

  it.each<[string, string, S3Fault, number]>([
    ['the second part is refused', 'PUT', { code: 'AccessDenied' }, 2],
    ['the end of the upload is refused', 'POST', { code: 'AccessDenied' }, 2],
    ['the beginning of the upload is refused', 'POST', { code: 'AccessDenied' }, 1],
  ])('keeps nothing of a file where %s', async (_title, method, fault, from) => {
    fail(method, fault, from);
    await expect(filesAt().write(randomUUID(), bytes(LARGE), LARGE)).rejects.toMatchObject({ cause: { name: 'AccessDenied' } });
    expect([...s3.objects, ...s3.uploads]).toEqual([]);
  });

  it('waits for an answer no longer than it is told to', async () => {
    const files = filesAt({ waitMs: 50 });
    fail('PUT', 'silent');
    await expect(files.write(randomUUID(), bytes(1), 9)).rejects.toMatchObject({ cause: { name: 'TimeoutError' } });
    expect(s3.objects.size).toBe(0);
  });

  it('fails a file that is cut while it is read', async () => {
    const id = randomUUID();
    await filesAt().write(id, bytes(100_000), 100_000);
    fail('GET', { cutAfter: 70_000 });
    await expect(text(await filesAt().read(id))).rejects.toBeInstanceOf(FilesUnavailable);
  });
});
