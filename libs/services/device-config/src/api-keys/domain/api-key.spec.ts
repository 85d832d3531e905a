import { apiKeyHash, apiKeyHashes, expired, formApiKey, readApiKey, shownSecret } from './api-key';

const pepper = 'p'.repeat(32);
const made = formApiKey({ id: Buffer.alloc(8, 1), secret: Buffer.alloc(32, 2), pepper });

/** The same text with one character changed. */
function altered(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === 'a' ? 'b' : 'a') + text.slice(at + 1);
}

describe('a key of the API', () => {
  it('is found by the part of it that is not secret', () => {
    expect(made.key).toMatch(/^vbk_0101010101010101_/);
    expect(readApiKey(made.key, pepper)).toEqual({ id: '0101010101010101', key: made.key, sealed: true });
  });

  it('differs from one that we never issued by any character of it, without a lookup', () => {
    for (let at = 0; at < made.key.length; at++) expect(readApiKey(altered(made.key, at), pepper)?.sealed ?? false).toBe(false);
    for (const text of ['', 'vbk_', `${made.key}x`, ` ${made.key}`, made.key.toUpperCase(), 'k'.repeat(40)])
      expect(readApiKey(text, pepper)?.sealed ?? false).toBe(false);
  });

  it('of another installation is none here', () => {
    expect(readApiKey(made.key, 'q'.repeat(32))).toMatchObject({ sealed: false });
  });

  it('is stored as a hash that only it has, under this pepper', () => {
    const now = new Date(1_000);
    const stored = { rotations: 3, hash: apiKeyHash(made.key, pepper), previousHash: null, previousEndsAt: null };
    expect(shownSecret(apiKeyHashes(made.key, pepper), stored, now)?.rotations).toBe(3);
    expect(shownSecret(apiKeyHashes(altered(made.key, 30), pepper), stored, now)).toBeNull();
    expect(shownSecret(apiKeyHashes(made.key, 'q'.repeat(32)), stored, now)).toBeNull();
  });

  it.each([
    [999, null],
    [1_000, null],
    [1_001, 2],
  ])('that was replaced is accepted until %d ms, not at 1,000: %s', (endsAt, shown) => {
    const previous = { previousHash: apiKeyHash(made.key, pepper), previousEndsAt: new Date(endsAt) };
    const stored = { rotations: 3, hash: apiKeyHash('another', pepper), ...previous };
    expect(shownSecret(apiKeyHashes(made.key, pepper), stored, new Date(1_000))?.rotations ?? null).toBe(shown);
  });

  it('is over from the instant at which it expires', () => {
    const at = (iso: string) => new Date(iso);
    expect(expired({ expiresAt: null }, at('2099-01-01T00:00:00Z'))).toBe(false);
    expect(expired({ expiresAt: at('2026-01-01T00:00:00Z') }, at('2025-12-31T23:59:59Z'))).toBe(false);
    expect(expired({ expiresAt: at('2026-01-01T00:00:00Z') }, at('2026-01-01T00:00:00Z'))).toBe(true);
  });
});
