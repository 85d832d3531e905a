import { TokenAddress } from '../files';
import type { FirmwareImage } from './domain/firmware-image';
import { ImageLocations } from './image-locations';

const REQUEST = { id: '11111111-1111-4111-8111-111111111111', tenant: 'default' };
const AT_URL = { image: 'two', url: 'https://files.example/two.bin', sealedUrl: null } as FirmwareImage; // as an earlier version copied it
const HERE = { ...AT_URL, url: null, file: { id: 'f', name: 'two.bin', sizeBytes: 1, sha256: 'aa', uploadedAt: '' } };

const locations = (base: string | undefined) =>
  new ImageLocations({
    urls: { opened: (_tenant, { url }) => url },
    address: new TokenAddress('p'.repeat(40), base, { path: '/downloads', purpose: 'firmware download' }),
  });

it('is the URL of the image, or an address of the request', () => {
  expect(locations('https://csms.example').of(REQUEST, AT_URL)).toBe('https://files.example/two.bin');
  expect(locations('https://csms.example').of(REQUEST, HERE)).toMatch(/^https:\/\/csms\.example\/downloads\/[\w-]{43}\/two\.bin$/);
});

it('fits what 2.0.1 takes for a location, with the longest URL and name', () => {
  const longest = { ...HERE, file: { ...HERE.file, name: 'x'.repeat(100) } };
  expect(String(locations(`https://${'x'.repeat(192)}`).of(REQUEST, longest)).length).toBeLessThanOrEqual(512);
});

it('is none where the URL cannot be read, or stations reach no address of ours', () => {
  expect(locations('https://csms.example').of(REQUEST, { ...AT_URL, url: null })).toEqual({ impossible: 'url-not-readable' });
  expect(locations(undefined).of(REQUEST, HERE)).toEqual({ impossible: 'no-download-address' });
});
