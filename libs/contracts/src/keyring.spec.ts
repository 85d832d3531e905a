import { createCipheriv, createHmac } from 'node:crypto';
import { Keyring } from './keyring';
import { HEADER_BYTES, SecretBox, keyIdOf } from './secret-box';

const [OLD, NEW, OTHER] = ['old', 'new', 'other'].map((name) => name.repeat(12)) as [string, string, string];
const [first, last] = [
  new Keyring({ current: OLD, next: [NEW], named: true }),
  new Keyring({ current: NEW, previous: [OLD], named: true }),
];
const open = (keys: Keyring | string, closed: Buffer, owner = 'me') => new SecretBox(keys, 'a').open(closed, owner);

describe('a secret that names its key', () => {
  const closed = new SecretBox(last, 'a').close('secret', 'me');

  it('is opened in every step of a rotation, and by no keyring without its key', () => {
    const steps = [first, last, new Keyring({ current: NEW, named: true })];
    expect(steps.map((keys) => open(keys, closed))).toEqual(['secret', 'secret', 'secret']);
    expect([open(OLD, closed), open(OTHER, closed), open(last, closed, 'you')]).toEqual([null, null, null]);
    expect(new SecretBox(last, 'b').open(closed, 'me')).toBeNull();
  });

  it('shows of its key what it cannot be made from, and the same in Base64', () => {
    const id = keyIdOf(closed);
    expect(id).toHaveLength(8);
    expect(last.partOf(id ?? Buffer.alloc(0))).toBe('current');
    expect(first.partOf(id ?? Buffer.alloc(0))).toBe('next');
    expect(closed.toString('latin1')).not.toContain('new');
    const again = new SecretBox(last, 'a').close('secret', 'me');
    expect(again.toString('base64').slice(0, (HEADER_BYTES * 4) / 3)).toBe(closed.toString('base64').slice(0, (HEADER_BYTES * 4) / 3));
  });

  it.each([0, 3, 11, 12, 13, 24, 39, 40])('that was cut to %i bytes is none', (length) => {
    expect(open(last, closed.subarray(0, length))).toBeNull();
  });

  it('is none with another key in its name', () => {
    const forged = Buffer.from(closed);
    forged.set(keyIdOf(new SecretBox(new Keyring({ current: OLD, named: true }), 'a').close('x', 'me')) ?? [], 4);
    expect(open(last, forged)).toBeNull();
  });
});

it('reads secrets of the form before, by any key, also one whose nonce begins as a name of a key does', () => {
  const closed = new SecretBox(OLD, 'a').close('secret', 'me');
  expect(keyIdOf(closed)).toBeNull();
  const nonce = Buffer.concat([new SecretBox(last, 'a').close('', 'me').subarray(0, HEADER_BYTES)]);
  const cipher = createCipheriv('aes-256-gcm', createHmac('sha256', OLD).update('a').digest(), nonce).setAAD(Buffer.from('me'));
  const text = Buffer.concat([cipher.update('secret'), cipher.final()]);
  const rare = Buffer.concat([nonce, cipher.getAuthTag(), text]);
  expect(keyIdOf(rare)).not.toBeNull();
  for (const one of [closed, rare]) expect([open(last, one), open(first, one), open(OLD, one)]).toEqual(['secret', 'secret', 'secret']);
});

it('writes the form before while there never was but one key, so that earlier versions read it', () => {
  const closed = new SecretBox(Keyring.of(OLD), 'a').close('secret', 'me');
  expect([keyIdOf(closed), closed.length]).toEqual([null, 12 + 16 + 'secret'.length]);
});

it('has each key once: the current one is not a previous one too', () => {
  const keys = new Keyring({ current: OLD, previous: [OLD, NEW, NEW], named: true });
  expect(keys.all.map(({ secret }) => secret)).toEqual([OLD, NEW]);
});

it('opens nothing without what was added to the key', () => {
  const closed = new SecretBox(last, 'a', 'mine').close('secret', 'me');
  expect([
    new SecretBox(first, 'a', 'mine').open(closed, 'me'),
    open(last, closed),
    new SecretBox(last, 'a', 'yours').open(closed, 'me'),
  ]).toEqual(['secret', null, null]);
});
