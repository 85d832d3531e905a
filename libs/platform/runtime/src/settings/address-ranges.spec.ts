import { canonicalRange, inRanges, isAddressRange, isWithin } from './address-ranges';

it('finds the addresses of IPv4 and IPv6 ranges, in every way that they are written', () => {
  const isProxy = inRanges(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32']);
  expect(['10.9.9.9', '::ffff:10.9.9.9', '192.0.2.1', '2001:db8::7', '10.9.9.9:443'].map(isProxy)).toEqual(Array(5).fill(true));
  expect(['11.0.0.1', '192.0.2.2', '2001:db9::7', 'nonsense', undefined].map(isProxy)).toEqual(Array(5).fill(false));
});

it('finds no IPv4 address in a range of IPv6, however wide, and none of IPv6 in a range of IPv4', () => {
  expect(['10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1'].map(inRanges(['::/0']))).toEqual([false, false, true]);
  expect(['10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1'].map(inRanges(['0.0.0.0/0']))).toEqual([true, true, false]);
});

it.each([
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['192.0.2.1', '192.0.2.1'],
  ['2001:DB8::/32', '2001:db8::/32'],
  ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['::ffff:0.0.0.0/95', null],
  ['fe80::1%eth0', null],
  ['10.0.0.0/33', null],
  ['10.0.0.0/', null],
  ['10.0.0.0/-1', null],
  ['10.0.0.0/8/8', null],
  ['10.0.0', null],
  ['[::1]', null],
  ['10.0.0.1:80', null],
  ['', null],
])('reads the range %j as %j', (range, canonical) => {
  expect(canonicalRange(range)).toBe(canonical);
  expect(isAddressRange(range)).toBe(canonical !== null);
});

it.each([
  ['10.1.0.0/16', ['10.0.0.0/8'], true],
  ['10.0.0.0/8', ['10.0.0.0/8'], true],
  ['10.0.0.0/7', ['10.0.0.0/8'], false],
  ['11.0.0.0/16', ['10.0.0.0/8'], false],
  ['10.1.2.3', ['192.0.2.1', '10.0.0.0/8'], true],
  ['::ffff:10.1.0.0/112', ['10.0.0.0/8'], true],
  ['10.0.0.0/8', ['::/0'], false],
  ['2001:db8:1::/48', ['2001:db8::/32'], true],
  ['10.0.0.0/8', [], false],
])('the range %s is within %j: %s', (range, ranges, within) => {
  expect(isWithin(range, ranges)).toBe(within);
});
