import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestCertificate } from '@voltbus/testing';
import { fileProblems } from './file-problems';

let folder: string;
let ca: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voltbus-file-settings-'));
  writeFileSync((ca = join(folder, 'ca.pem')), (await TestCertificate.root('CA')).pem);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const AWS = { FILES_S3_BUCKET: 'voltbus' };
const OWN = { ...AWS, FILES_S3_ENDPOINT: 'https://s3.example' };
const USER = { FILES_S3_ACCESS_KEY: 'id', FILES_S3_SECRET_KEY: 'a secret key' };

describe('where files are kept', () => {
  it.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['a folder', { FILES_DIR: '/files' }],
    ['a bucket, and the role of the pod', AWS],
    ['a bucket of a service with everything', { ...OWN, ...USER, FILES_S3_PREFIX: 'a/', FILES_S3_PATH_STYLE: 'true' }],
  ])('is accepted with %s', (_title, given) => expect(fileProblems(given, true)).toEqual([]));

  it.each<[string, Record<string, string>, RegExp]>([
    ['an endpoint without a bucket', { FILES_S3_ENDPOINT: 'https://s3.example' }, /^VOLTBUS_FILES_S3_ENDPOINT: is of no use without/],
    ['a folder and a bucket', { ...AWS, FILES_DIR: '/files' }, /^VOLTBUS_FILES_DIR: is of no use with VOLTBUS_FILES_S3_BUCKET$/],
    ['an id without its secret', { ...AWS, FILES_S3_ACCESS_KEY: 'id' }, /^VOLTBUS_FILES_S3_SECRET_KEY is required/],
    ['a secret without its id', { ...AWS, FILES_S3_SECRET_KEY: 'a secret key' }, /^VOLTBUS_FILES_S3_SECRET_KEY: is of no use without/],
    [
      'a CA for what has no TLS',
      { ...AWS, FILES_S3_ENDPOINT: 'http://s3.example', FILES_S3_CA_FILE: '/ca' },
      /FILES_S3_CA_FILE: is of no use/,
    ],
    ['a CA that cannot be read', { ...OWN, FILES_S3_CA_FILE: '/no/such' }, /^VOLTBUS_FILES_S3_CA_FILE: .*ENOENT/],
  ])('is refused with %s', (_title, given, problem) => {
    expect(fileProblems(given, true)[0]).toMatch(problem);
  });

  it('reads the certificates only where files are reached', () => {
    expect(fileProblems({ ...OWN, FILES_S3_CA_FILE: ca }, true)).toEqual([]);
    expect(fileProblems({ ...OWN, FILES_S3_CA_FILE: '/no/such' }, false)).toEqual([]);
  });
});
