import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProgram, freePorts, hasPython, pythonPackages, runCommand, until, type Program } from '@voltbus/testing';
import { S3Files } from './s3-files';
import { fileStoreContract } from './testing/file-store-contract';

const BUCKET = 'voltbus';
const CREDENTIALS = { accessKeyId: 'spec-access-key', secretAccessKey: 'spec-secret-key' };

let folder: string;
let server: Program;
let files: S3Files;
async function start(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'voltbus-s3-'));
  await mkdir(join(folder, BUCKET));
  const [port = 0] = await freePorts(1);
  const rclone = join(pythonPackages(join(__dirname, 'testing', 'requirements.txt')), 'bin', 'rclone');
  const key = `${CREDENTIALS.accessKeyId},${CREDENTIALS.secretAccessKey}`;
  const quick = ['--vfs-cache-mode', 'off', '--dir-cache-time', '0'];
  server = runCommand(rclone, ['serve', 's3', folder, '--addr', `127.0.0.1:${port}`, '--auth-key', key, ...quick], {});
  await until('the server listens', () => answers(port));
  const place = { bucket: BUCKET, region: 'us-east-1', endpoint: `http://127.0.0.1:${port}`, pathStyle: true };
  files = new S3Files({ ...place, credentials: CREDENTIALS, prefix: '', caFile: undefined, waitMs: 60_000 });
}
const kept = async () =>
  (await readdir(join(folder, BUCKET), { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).map(({ name }) => name);
const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** A server of S3 that others have written. It comes as a Python package. */
describe('a bucket of a real server', () => {
  if (!hasPython()) {
    it.skip('keeps files (skipped: no Python 3.10 or later with pip on this machine)', () => undefined);
    return;
  }
  beforeAll(start);
  afterEach(async () => {
    for (const name of await kept()) await files.remove(name);
  });
  afterAll(async () => {
    files.close();
    await endProgram(server, 'SIGTERM');
    await rm(folder, { recursive: true, force: true });
  });

  fileStoreContract(() => ({ store: files, kept }));

  it('knows its keys from others', async () => {
    const place = { bucket: BUCKET, region: 'us-east-1', endpoint: server.output().match(/http:\/\/[\d.:]+/)?.[0], pathStyle: true };
    const credentials = { ...CREDENTIALS, secretAccessKey: 'another one' };
    const forged = new S3Files({ ...place, credentials, prefix: '', caFile: undefined, waitMs: 60_000 });
    await expect(forged.read('00000000-0000-4000-8000-000000000000')).rejects.toMatchObject({ cause: { name: 'SignatureDoesNotMatch' } });
    forged.close();
  });
});
