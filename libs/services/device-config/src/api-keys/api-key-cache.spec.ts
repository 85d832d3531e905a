import { REVOKED_ELSEWHERE_MS, ApiKeyCache } from './api-key-cache';
import { apiKeyHash, formApiKey } from './domain/api-key';
import type { StoredApiKey } from './store/typeorm-api-keys';

const pepper = 'p'.repeat(32);
const away = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });

/** Keys in a map, that count how often they are asked for; the store itself is tried in http/api-keys.spec.ts. */
function ringOf({ maxKnown }: { maxKnown?: number } = {}) {
  const rows = new Map<string, StoredApiKey & { hash: Buffer }>();
  const asked: string[] = [];
  const noted: string[] = [];
  let failing = false;
  let held: Promise<void> | null = null;
  let now = Date.parse('2026-01-01T00:00:00Z');
  const find = async (id: string) => {
    asked.push(id);
    if (failing) throw away;
    const row = rows.get(id) ?? null;
    await held;
    return row;
  };
  const ring = new ApiKeyCache({
    store: { find },
    uses: { note: (id) => void noted.push(id) },
    pepper,
    now: () => new Date(now),
    ...(maxKnown === undefined ? {} : { maxKnown }),
  });
  return {
    ring,
    rows,
    asked,
    noted,
    pass: (ms: number) => (now += ms),
    fail: (on: boolean) => (failing = on),
    hold: (until: Promise<void>): void => void (held = until),
    make(number: number, more: Partial<StoredApiKey> = {}): string {
      const { id, key } = formApiKey({ id: Buffer.alloc(8, number), secret: Buffer.alloc(32, number), pepper });
      const stored: StoredApiKey = {
        id,
        tenant: 'acme',
        name: 'x',
        scopes: ['read'],
        createdAt: new Date(0),
        createdBy: null,
        expiresAt: null,
        lastUsedAt: null,
      };
      rows.set(id, { ...stored, ...more, hash: apiKeyHash(key, pepper) });
      return key;
    },
  };
}

describe('the keys that callers show', () => {
  it('are looked up once, however many requests come at once and after', async () => {
    const { ring, make, asked, noted } = ringOf();
    const key = make(1);
    const holder = { id: '0101010101010101', tenant: 'acme', scopes: ['read'] };
    expect(await Promise.all([ring.holderOf(key), ring.holderOf(key)])).toEqual([holder, holder]);
    expect(await ring.holderOf(key)).toEqual(holder);
    expect([asked.length, noted.length]).toEqual([1, 3]);
  });

  it('ask nothing of the database when we never made them, whether it is there or not', async () => {
    const { ring, asked, fail } = ringOf();
    fail(true);
    const foreign = formApiKey({ id: Buffer.alloc(8, 1), secret: Buffer.alloc(32, 9), pepper: 'another pepper' });
    for (const text of ['guess', 'x'.repeat(10_000), foreign.key]) expect(await ring.holderOf(text)).toBeNull();
    expect(asked).toEqual([]);
  });

  it('are remembered as revoked ones too, so that a client that goes on with one does not hammer the database', async () => {
    const { ring, rows, make, asked } = ringOf();
    const key = make(1);
    rows.clear();
    for (let times = 0; times < 100; times++) expect(await ring.holderOf(key)).toBeNull();
    expect(asked).toHaveLength(1);
  });

  it('are over at once where they are revoked, and no later than named everywhere else', async () => {
    const [here, there] = [ringOf(), ringOf()];
    const key = here.make(1);
    there.make(1);
    await Promise.all([here.ring.holderOf(key), there.ring.holderOf(key)]);
    for (const { rows } of [here, there]) rows.clear();
    here.ring.forget('0101010101010101');
    expect(await here.ring.holderOf(key)).toBeNull();
    there.pass(REVOKED_ELSEWHERE_MS - 1);
    expect(await there.ring.holderOf(key)).not.toBeNull();
    there.pass(2);
    expect(await there.ring.holderOf(key)).toBeNull();
  });

  it('are over even when they were being looked up while they were revoked', async () => {
    const { ring, make, hold } = ringOf();
    const key = make(1);
    let release = (): void => undefined;
    hold(new Promise<void>((resolve) => (release = resolve)));
    const answer = ring.holderOf(key); // has read the row, and not answered yet
    ring.forget('0101010101010101');
    release();
    expect(await answer).toBeNull();
  });

  it('are over when they expire, though they are remembered', async () => {
    const { ring, make, pass, noted } = ringOf();
    const key = make(1, { expiresAt: new Date('2026-01-01T00:00:05Z') });
    expect(await ring.holderOf(key)).not.toBeNull();
    pass(5_000);
    expect(await ring.holderOf(key)).toBeNull();
    expect(noted).toHaveLength(1);
  });

  it('are compared with what is stored, seal or not: one made under the same id is another key', async () => {
    const { ring, rows, make } = ringOf();
    const key = make(1);
    for (const row of rows.values()) row.hash = apiKeyHash(`${key}x`, pepper);
    expect(await ring.holderOf(key)).toBeNull();
  });

  it('cannot be judged while the database is away: nobody is told that his key is wrong, and it is asked again', async () => {
    const { ring, make, fail } = ringOf();
    const key = make(1);
    fail(true);
    await expect(ring.holderOf(key)).rejects.toBe(away);
    fail(false);
    expect(await ring.holderOf(key)).not.toBeNull();
  });

  it('are not remembered without bound', async () => {
    const { ring, make, asked } = ringOf({ maxKnown: 2 });
    for (const number of [1, 2, 3, 3, 1]) await ring.holderOf(make(number));
    expect(asked.map((id) => id.slice(0, 2))).toEqual(['01', '02', '03', '01']);
  });
});
