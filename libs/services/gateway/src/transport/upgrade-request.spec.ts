import fc from 'fast-check';
import { addressOfBytes, kindOfRequest, parseOffer, plainAddress, splitTarget } from './upgrade-request';

describe('the offered subprotocols', () => {
  it('are tokens, in order and each once, for any header', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const offered = parseOffer(header);
        expect(new Set(offered).size).toBe(offered.length);
        for (const token of offered) {
          expect(token).toMatch(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/);
          expect(header).toContain(token);
        }
      }),
    );
  });

  it('are found between any separators', () => {
    const separator = fc.stringMatching(/^[ \t]*(,[ \t]*)+$/);
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom('ocpp1.6', 'ocpp2.0.1', 'ocpp2.1', 'x')), separator, separator, (tokens, one, two) => {
        expect(parseOffer(one + tokens.map((token) => `${token}${two}`).join(''))).toEqual(tokens);
      }),
    );
  });
});

describe('the request target', () => {
  it.each([
    ['/ocpp/CP1', { path: '/ocpp/CP1', query: '' }],
    ['/ocpp/CP1?', { path: '/ocpp/CP1', query: '' }],
    ['/a?b?c', { path: '/a', query: 'b?c' }],
    ['ws://host:1/ocpp/a%2Fb?x', { path: '/ocpp/a%2Fb', query: 'x' }],
    ['WSS://host', { path: '/', query: '' }],
    ['http://host?x', { path: '/', query: 'x' }],
    ['//host/path', { path: '//host/path', query: '' }],
    ['/http://inside', { path: '/http://inside', query: '' }],
    ['CP1', null],
    ['*', null],
  ])('%s', (target, expected) => {
    expect(splitTarget(target)).toEqual(expected);
  });
});

describe('the address of a peer', () => {
  it('is dotted for IPv4, also when a dual-stack socket reports it as IPv6', () => {
    expect(plainAddress('::ffff:10.0.0.1')).toBe('10.0.0.1');
    expect(plainAddress('2001:db8::1')).toBe('2001:db8::1');
    expect(plainAddress(undefined)).toBe('');
    expect(addressOfBytes(Uint8Array.of(10, 0, 0, 1))).toBe('10.0.0.1');
    expect(addressOfBytes(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1))).toBe('10.0.0.1');
  });

  it('is in its shortest form for IPv6', () => {
    expect(addressOfBytes(Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1))).toBe('2001:db8::1');
    expect(addressOfBytes(new Uint8Array(0))).toBe('');
  });
});

describe('what a request is', () => {
  const good = { connection: 'Upgrade', upgrade: 'websocket', key: 'dGhlIHNhbXBsZSBub25jZQ==', version: '13' };
  it.each([
    ['GET', good, 'websocket'],
    ['get', { ...good, connection: 'keep-alive, upgrade', upgrade: 'WebSocket' }, 'websocket'],
    ['POST', good, 'plain'],
    ['GET', { ...good, connection: 'keep-alive' }, 'plain'],
    ['GET', { ...good, upgrade: 'h2c' }, 'plain'],
    ['GET', { ...good, key: undefined }, 'broken'],
    ['GET', { ...good, key: 'dGhlIHNhbXBsZSBub25jZQ=' }, 'broken'],
    ['GET', { ...good, version: undefined }, 'old-version'],
  ])('%s %j: %s', (method, headers, kind) => {
    expect(kindOfRequest(method, headers)).toBe(kind);
  });
});
