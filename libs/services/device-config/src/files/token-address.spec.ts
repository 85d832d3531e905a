import { randomUUID } from 'node:crypto';
import { redactText } from '@voltbus/ocpp';
import { TokenAddress } from './token-address';

const UPLOAD = { path: '/uploads', purpose: 'log upload' };
const DOWNLOAD = { path: '/downloads', purpose: 'firmware download' };
const address = new TokenAddress('p'.repeat(40), 'https://uploads.example/', UPLOAD);
const request = randomUUID();
const token = address.tokenOf(request);

it('is below the URL of uploads, short enough for every version, and ends so that a station adds a name (N01.FR.28)', () => {
  expect(address.of(request)).toBe(`https://uploads.example/uploads/${token}/`);
  expect(token).toHaveLength(43);
  expect(new TokenAddress('p'.repeat(40), undefined, UPLOAD).of(request)).toBeNull();
});

it('opens for its request, and is the same when it is sent again', () => {
  expect(address.requestOf(token)).toBe(request);
  expect(address.tokenOf(request)).toBe(token);
});

it('cannot be changed in any character, made without the pepper, or put together from two', () => {
  for (let at = 0; at < token.length; at++) {
    const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    const opened = address.requestOf(changed);
    // the last character has bits that mean nothing
    expect(opened === null || (at === token.length - 1 && opened === request)).toBe(true);
  }
  expect(new TokenAddress('q'.repeat(40), undefined, UPLOAD).requestOf(token)).toBeNull();
  const other = address.tokenOf(randomUUID());
  expect(address.requestOf(other.slice(0, 22) + token.slice(22))).toBeNull();
});

it.each(['', '.', '..', 'x'.repeat(42), 'x'.repeat(44), `${'x'.repeat(42)}/`, request, 'é'.repeat(43)])('%j is none', (guess) =>
  expect(address.requestOf(guess)).toBeNull(),
);

it('has the name of its file, and opens nothing of another kind', () => {
  const downloads = new TokenAddress('p'.repeat(40), 'https://uploads.example', DOWNLOAD);
  expect(downloads.of(request, 'two.bin')).toBe(`https://uploads.example/downloads/${downloads.tokenOf(request)}/two.bin`);
  expect([downloads.requestOf(downloads.tokenOf(request)), downloads.requestOf(token)]).toEqual([request, null]);
  expect(address.requestOf(downloads.tokenOf(request))).toBeNull();
  expect(redactText(`GET /downloads/${token}/two.bin`)).not.toContain(token);
});

it('is redacted in every text', () => {
  for (const text of [address.of(request) ?? '', JSON.stringify({ location: address.of(request) }), `PUT /uploads/${token}/log.zip`])
    expect(redactText(text)).not.toContain(token);
  expect(redactText(`https://h.example/uploads/${'x'.repeat(44)}`)).toContain('x'.repeat(44));
});
