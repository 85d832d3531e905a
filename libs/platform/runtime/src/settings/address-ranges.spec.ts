import { inRanges } from './address-ranges';

it('finds the addresses of IPv4 and IPv6 ranges, in every way that they are written', () => {
  const isProxy = inRanges(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32']);
  expect(['10.9.9.9', '::ffff:10.9.9.9', '192.0.2.1', '2001:db8::7', '10.9.9.9:443'].map(isProxy)).toEqual(Array(5).fill(true));
  expect(['11.0.0.1', '192.0.2.2', '2001:db9::7', 'nonsense', undefined].map(isProxy)).toEqual(Array(5).fill(false));
});
