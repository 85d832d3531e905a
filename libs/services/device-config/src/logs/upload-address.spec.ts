import { randomUUID } from 'node:crypto';
import { redactText } from '@voltbus/ocpp';
import { UploadAddress } from './upload-address';

const address = new UploadAddress('p'.repeat(40), 'https://uploads.example/');
const request = randomUUID();
const token = address.tokenOf(request);

it('is below the URL of uploads, short enough for every version, and ends so that a station adds a name (N01.FR.28)', () => {
  expect(address.of(request)).toBe(`https://uploads.example/uploads/${token}/`);
  expect(token).toHaveLength(43);
  expect(new UploadAddress('p'.repeat(40), undefined).of(request)).toBeNull();
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
  expect(new UploadAddress('q'.repeat(40), undefined).requestOf(token)).toBeNull();
  const other = address.tokenOf(randomUUID());
  expect(address.requestOf(other.slice(0, 22) + token.slice(22))).toBeNull();
});

it.each(['', '.', '..', 'x'.repeat(42), 'x'.repeat(44), `${'x'.repeat(42)}/`, request, 'é'.repeat(43)])('%j is none', (guess) =>
  expect(address.requestOf(guess)).toBeNull(),
);

it('is redacted in every text', () => {
  for (const text of [address.of(request) ?? '', JSON.stringify({ location: address.of(request) }), `PUT /uploads/${token}/log.zip`])
    expect(redactText(text)).not.toContain(token);
  expect(redactText(`https://h.example/uploads/${'x'.repeat(44)}`)).toContain('x'.repeat(44));
});
