import { inRanges } from '@voltbus/runtime';
import { clientAddress } from './client-address';

const proxies = { isProxy: inRanges(['10.0.0.0/8', '2001:db8:1::/48']), protocol: false, tls: 'none' as const };

it.each([
  ['no proxy: a header that a station invents is not believed', '203.0.113.9', '192.0.2.1', '203.0.113.9'],
  ['a proxy without the header', '10.0.0.1', undefined, '10.0.0.1'],
  ['one proxy', '10.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['the first entries are written by the client', '10.0.0.1', '192.0.2.1, 198.51.100.7,203.0.113.9', '203.0.113.9'],
  ['two proxies of ours', '10.0.0.1', '192.0.2.1, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
  ['only proxies of ours', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
  ['an entry that is no address', '10.0.0.1', '203.0.113.9, unknown', '10.0.0.1'],
  ['an entry that is no address behind another proxy', '10.0.0.1', 'x, 10.0.0.2', '10.0.0.2'],
  ['IPv6, with port', '2001:db8:1::5', '[2001:db8:2::7]:4711', '2001:db8:2::7'],
  ['IPv4 in IPv6', '10.0.0.1', '::ffff:203.0.113.9', '203.0.113.9'],
])('%s', (_, peer, forwardedFor, address) => {
  expect(clientAddress(proxies, peer, forwardedFor)).toBe(address);
});
