import { apiKeyHash, expired, formApiKey, isApiKey, readApiKey } from './api-key';

const pepper = 'p'.repeat(32);
const made = formApiKey({ id: Buffer.alloc(8, 1), secret: Buffer.alloc(32, 2), pepper });

/** The same text with one character changed. */
function altered(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === 'a' ? 'b' : 'a') + text.slice(at + 1);
}

describe('a key of the API', () => {
  it('is found by the part of it that is not secret', () => {
    expect(made.key).toMatch(/^vbk_0101010101010101_/);
    expect(readApiKey(made.key, pepper)).toEqual({ id: '0101010101010101', key: made.key });
  });

  it('differs from one that we never issued by any character of it, without a lookup', () => {
    for (let at = 0; at < made.key.length; at++) expect(readApiKey(altered(made.key, at), pepper)).toBeNull();
    for (const text of ['', 'vbk_', `${made.key}x`, ` ${made.key}`, made.key.toUpperCase(), 'k'.repeat(40)])
      expect(readApiKey(text, pepper)).toBeNull();
  });

  it('of another installation is none here', () => {
    expect(readApiKey(made.key, 'q'.repeat(32))).toBeNull();
  });

  it('is stored as a hash that only it has, under this pepper', () => {
    const hash = apiKeyHash(made.key, pepper);
    expect(isApiKey(made.key, hash, pepper)).toBe(true);
    expect(isApiKey(altered(made.key, 30), hash, pepper)).toBe(false);
    expect(isApiKey(made.key, hash, 'q'.repeat(32))).toBe(false);
    expect(isApiKey(made.key, Buffer.alloc(0), pepper)).toBe(false);
  });

  it('is over from the instant at which it expires', () => {
    const at = (iso: string) => new Date(iso);
    expect(expired({ expiresAt: null }, at('2099-01-01T00:00:00Z'))).toBe(false);
    expect(expired({ expiresAt: at('2026-01-01T00:00:00Z') }, at('2025-12-31T23:59:59Z'))).toBe(false);
    expect(expired({ expiresAt: at('2026-01-01T00:00:00Z') }, at('2026-01-01T00:00:00Z'))).toBe(true);
  });
});
