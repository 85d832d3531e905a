import { MAX_LOCATIONS, MAX_LOCATION_LENGTH } from './limits';
import { locationsIn } from './locations';

const located = (location?: unknown) => locationsIn({ location });

it.each([
  [undefined, []],
  ['http://10.0.0.2', []],
  [{ 0: 'http://a' }, []],
  [[null, 7, '', {}, 'http://a', 'http://a'], ['http://a']],
  [['http://a/\0\ud800'], ['http://a/\ufffd\ufffd']],
])('L03.FR.04: of %j are kept %j', (location, kept) => expect(located(location)).toEqual(kept));

it('keeps so many, of so many characters, and no passwords', () => {
  expect(located(Array.from({ length: 5_000 }, (_, nth) => `http://a/${nth}`))).toHaveLength(MAX_LOCATIONS);
  expect(located(['x'.repeat(100_000)])[0]).toHaveLength(MAX_LOCATION_LENGTH);
  expect(located(['ftp://fleet:S3cret@10.0.0.2/two.bin']).join()).not.toContain('S3cret');
});
