import { SecretBox } from './secret-box';

const PEPPER = 'p'.repeat(32);

describe('a closed secret', () => {
  const closed = new SecretBox(PEPPER, 'a').close('secret', 'me');

  it('is known again to its owner, for its purpose, under its pepper, and to nobody else', () => {
    expect(new SecretBox(PEPPER, 'a').open(closed, 'me')).toBe('secret');
    expect(new SecretBox(PEPPER, 'a').open(closed, 'you')).toBeNull();
    expect(new SecretBox(PEPPER, 'b').open(closed, 'me')).toBeNull();
    expect(new SecretBox('q'.repeat(32), 'a').open(closed, 'me')).toBeNull();
    expect(closed.toString('latin1')).not.toContain('secret');
  });

  it('may be bytes that are no text', () => {
    const box = new SecretBox(PEPPER, 'a');
    const bytes = Buffer.from([0, 255, 128, 10]);
    expect(box.openBytes(box.close(bytes, 'me'), 'me')).toEqual(bytes);
  });

  it.each([0, 1, 12, 27, 28])('that was cut to %i bytes is none', (length) => {
    expect(new SecretBox(PEPPER, 'a').open(closed.subarray(0, length), 'me')).toBeNull();
  });
});
