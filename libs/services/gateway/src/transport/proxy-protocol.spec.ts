import { parseProxyHeader } from './proxy-protocol';

const SIGNATURE = '0d0a0d0a000d0a515549540a';
const v2 = (commandAndFamily: string, addresses: string, length = addresses.length / 2): Buffer =>
  Buffer.from(`${SIGNATURE}${commandAndFamily}${length.toString(16).padStart(4, '0')}${addresses}`, 'hex');
const IPV4 = 'cb007109' + '0a000001' + '1010' + '2328';
const IPV6 = '20010db8000000000000000000000007' + '0'.repeat(32) + '1010' + '2328';
const MAPPED = '00000000000000000000ffffcb007109' + '0'.repeat(32) + '1010' + '2328';

describe('a header of the PROXY protocol', () => {
  it.each([
    ['version 1, IPv4', Buffer.from('PROXY TCP4 203.0.113.9 10.0.0.1 4112 9000\r\n'), '203.0.113.9'],
    ['version 1, IPv6', Buffer.from('PROXY TCP6 2001:db8::7 ::1 4112 9000\r\n'), '2001:db8::7'],
    ['version 1, of a proxy that does not know', Buffer.from('PROXY UNKNOWN\r\n'), null],
    ['version 2, IPv4', v2('2111', IPV4), '203.0.113.9'],
    ['version 2, IPv6', v2('2121', IPV6), '2001:db8::7'],
    ['version 2, IPv4 in IPv6', v2('2121', MAPPED), '203.0.113.9'],
    ['version 2, with members of the proxy', v2('2111', `${IPV4}ea000c0176706365`), '203.0.113.9'],
    ['version 2, a health check of the proxy', v2('2000', ''), null],
    ['version 2, a socket of the machine', v2('2131', '00'.repeat(216)), null],
  ])('%s: names the source, however it is cut, and nothing behind it', (_, header, source) => {
    const followed = Buffer.concat([header, Buffer.from('GET / HTTP/1.1\r\n')]);
    expect(parseProxyHeader(followed)).toEqual({ bytes: header.length, source, security: { encrypted: false, certificate: null } });
    for (let cut = 0; cut < header.length; cut++) expect([cut, parseProxyHeader(header.subarray(0, cut))]).toEqual([cut, 'incomplete']);
  });

  const CN = '220004' + Buffer.from('CP-1').toString('hex');
  const ssl = (client: string, verify: string, fields = '') => {
    const value = client + verify + fields;
    return '20' + (value.length / 2).toString(16).padStart(4, '0') + value;
  };
  const named = (flaw: string | null, commonName = 'CP-1') => ({ encrypted: true, certificate: { by: 'named', commonName, flaw } });
  it.each([
    ['no TLS', ssl('00', '00000000'), { encrypted: false, certificate: null }],
    ['TLS without a certificate', ssl('01', '00000001'), { encrypted: true, certificate: null }],
    ['a certificate', ssl('07', '00000000', `210003312e33${CN}`), named(null)],
    ['a certificate in the session that was resumed', ssl('05', '00000000', CN), named(null)],
    ['a certificate that the proxy does not trust', ssl('07', '00000013', CN), named('untrusted')],
    ['a certificate without a common name', ssl('07', '00000000'), named(null, '')],
    ['a length beyond the end', ssl('07', '00000000', '22ffff4350'), named(null, '')],
    ['a field that is too short', '200001' + '07', { encrypted: false, certificate: null }],
  ])('passes on what the proxy knows of TLS: %s', (_, fields, security) => {
    expect(parseProxyHeader(v2('2111', `${IPV4}040001ff${fields}`))).toMatchObject({ security });
  });

  it.each([
    ['a request', Buffer.from('GET /ocpp/CP1 HTTP/1.1\r\n')],
    ['the beginning of another word', Buffer.from('PRI * HTTP/2.0\r\n')],
    ['no address', Buffer.from('PROXY TCP4 station 10.0.0.1 1 2\r\n')],
    ['an address of another family', Buffer.from('PROXY TCP4 2001:db8::7 ::1 1 2\r\n')],
    ['another protocol', Buffer.from('PROXY UDP4 203.0.113.9 10.0.0.1 1 2\r\n')],
    ['a line without end', Buffer.from(`PROXY TCP4 ${'1'.repeat(200)}`)],
    ['version 3', v2('3111', IPV4)],
    ['an unknown command', v2('2211', IPV4)],
    ['fewer bytes than its addresses have', v2('2111', IPV4.slice(0, 10))],
    ['more bytes than are read', v2('2111', IPV4, 60_000)],
  ])('is none: %s', (_, bytes) => {
    expect(parseProxyHeader(bytes)).toBe('invalid');
  });
});
