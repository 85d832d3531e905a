import type { FirmwareImage } from './domain/firmware-image';
import { SealedUrls } from './sealed-urls';

const urls = new SealedUrls('p'.repeat(40));
const URL_OF_IMAGE = 'https://files.example/two.bin';
const IMAGE: Omit<FirmwareImage, 'file'> = {
  ...{ image: 'two', description: null, url: URL_OF_IMAGE, sealedUrl: null, firmwareVersion: null, vendor: null },
  ...{ model: null, sha256: null, signature: null, signingCertificate: null },
};
const sealed = (url: string | null, before: Omit<FirmwareImage, 'file'> | null = null) => urls.sealed('default', { ...IMAGE, url }, before);

it.each([
  ['ftp://cs:S3cret@files.example/two.bin', 'ftp://[redacted]@files.example/two.bin'],
  ['ftp://cs@files.example/two.bin', 'ftp://[redacted]@files.example/two.bin'],
  ['sftp://cs:S3cr@et@files.example/two.bin', 'sftp://[redacted]@files.example/two.bin'],
  ['https://b.s3.example/two.bin?X-Amz-Signature=S3cret&x=1', 'https://b.s3.example/two.bin?X-Amz-Signature=[redacted]&x=1'],
  ['https://files.example/password=S3cret/two.bin', 'https://files.example/[redacted]'],
])('%s is shown as %s, and sent whole', (url, shown) => {
  const image = sealed(url);
  expect(image.url).toBe(shown);
  expect(JSON.stringify(image)).not.toContain('S3c');
  expect(urls.opened('default', image)).toBe(url);
  expect(URL.canParse(shown)).toBe(true);
});

it('leaves a URL without secrets as it is', () => {
  expect(sealed(URL_OF_IMAGE)).toEqual(IMAGE);
  expect(urls.opened('default', IMAGE)).toBe(IMAGE.url);
});

it('has neither a URL nor a secret where none is given, whatever there was before', () => {
  expect(sealed(null, sealed('ftp://cs:S3cret@files.example/two.bin'))).toEqual({ ...IMAGE, url: null });
  expect(urls.opened('default', sealed(null))).toBeNull();
});

it('is the same for the same URL, whole or as it was shown, and another for another password', () => {
  const url = 'ftp://cs:S3cret@files.example/two.bin';
  const before = sealed(url);
  expect(sealed(url, before)).toEqual(before);
  expect(sealed(before.url, before)).toEqual(before);
  expect(sealed('ftp://cs:0ther@files.example/two.bin', before).sealedUrl).not.toBe(before.sealedUrl);
});

it('refuses a URL that lacks its secret', () => {
  for (const before of [null, IMAGE, sealed('ftp://cs:S3cret@files.example/one.bin')])
    expect(() => sealed('ftp://[redacted]@files.example/two.bin', before)).toThrow(expect.objectContaining({ code: 'invalid' }));
});

it('opens no URL of another tenant or image, or of another pepper', () => {
  const image = sealed('ftp://cs:S3cret@files.example/two.bin');
  expect(urls.opened('other', image)).toBeNull();
  expect(urls.opened('default', { ...image, image: 'three' })).toBeNull();
  expect(new SealedUrls('q'.repeat(40)).opened('default', image)).toBeNull();
});
