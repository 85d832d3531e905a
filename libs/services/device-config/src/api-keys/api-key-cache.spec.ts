import { Keyring } from '@voltbus/contracts';
import { REVOKED_ELSEWHERE_MS, ApiKeyCache } from './api-key-cache';
import { rightsOfScopes } from '@voltbus/http';
import { apiKeyHash, formApiKey } from './domain/api-key';
import type { KeyHashes, StoredApiKey } from './store/typeorm-api-keys';

const pepper = 'p'.repeat(32);
const away = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });

/** Keys in a map that counts lookups; http/api-keys.controller.spec.ts tests the store itself. */
function cacheOf({ maxKnown, peppers = pepper }: { maxKnown?: number; peppers?: Keyring | string } = {}) {
  const rows = new Map<string, StoredApiKey & KeyHashes>();
  const lookups: string[] = [];
  const noted: string[] = [];
  const rehashed = new Set<string>();
  const lists: number[] = [];
  let failing = false;
  let held: Promise<void> | null = null;
  let now = Date.parse('2026-01-01T00:00:00Z');
  const find = async (id: string) => {
    lookups.push(id);
    if (failing) throw away;
    const row = rows.get(id) ?? null;
    await held;
    return row;
  };
  const cache = new ApiKeyCache({
    store: {
      find,
      rehash: async (id, { before, after }) => {
        const row = rows.get(id);
        if (row?.hash.equals(before) === true) rows.set(id, { ...row, hash: after });
        rehashed.add(id);
      },
      rehashedIds: async () => {
        lists.push(rehashed.size);
        if (failing) throw away;
        return new Set(rehashed);
      },
    },
    uses: { note: ({ id, rotations }) => void noted.push(`${id} ${rotations}`) },
    peppers,
    now: () => new Date(now),
    ...(maxKnown === undefined ? {} : { maxKnown }),
  });
  return {
    cache,
    rows,
    lookups,
    noted,
    rehashed,
    lists,
    pass: (ms: number) => (now += ms),
    fail: (on: boolean) => (failing = on),
    hold: (until: Promise<void>): void => void (held = until),
    make(number: number, more: Partial<StoredApiKey & KeyHashes> = {}): string {
      const { id, key } = formApiKey({ id: Buffer.alloc(8, number), secret: Buffer.alloc(32, number), pepper });
      const stored: StoredApiKey = {
        id,
        tenant: 'acme',
        name: 'x',
        role: null,
        scopes: ['read'],
        stationGroups: null,
        createdAt: new Date(0),
        createdBy: null,
        expiresAt: null,
        lastUsedAt: null,
        allowedAddresses: null,
        rotations: 0,
        rotatedAt: null,
        previousEndsAt: null,
        previousLastUsedAt: null,
      };
      rows.set(id, { ...stored, hash: apiKeyHash(key, pepper), previousHash: null, ...more });
      return key;
    },
    /** Gives the key of that number another secret, as another process does. */
    rotate(number: number, previousEndsAt: string | null): string {
      const { id, key } = formApiKey({ id: Buffer.alloc(8, number), secret: Buffer.alloc(32, number + 100), pepper });
      const row = rows.get(id);
      if (row === undefined) throw new Error('no such key');
      const previous = { previousHash: row.hash, previousEndsAt: previousEndsAt === null ? null : new Date(previousEndsAt) };
      rows.set(id, { ...row, ...previous, hash: apiKeyHash(key, pepper), rotations: row.rotations + 1 });
      return key;
    },
  };
}

describe('the keys that callers show', () => {
  it('are looked up once, however many requests come at once and after', async () => {
    const { cache, make, lookups, noted } = cacheOf();
    const key = make(1);
    const holder = { id: '0101010101010101', tenant: 'acme', rights: rightsOfScopes(['read']), stationGroups: null };
    expect(await Promise.all([cache.holderOf(key), cache.holderOf(key)])).toEqual([holder, holder]);
    expect(await cache.holderOf(key)).toEqual(holder);
    expect([lookups.length, noted.length]).toEqual([1, 3]);
  });

  it('cost no query when we never issued them, whether the database is there or not', async () => {
    const { cache, lookups, lists, fail } = cacheOf();
    const foreign = formApiKey({ id: Buffer.alloc(8, 1), secret: Buffer.alloc(32, 9), pepper: 'another pepper' });
    expect(await cache.holderOf(foreign.key)).toBeNull();
    fail(true);
    for (const text of ['guess', 'x'.repeat(10_000), foreign.key]) expect(await cache.holderOf(text)).toBeNull();
    expect(lookups).toEqual([]);
    expect(lists).toHaveLength(1); // of the keys that outlived a pepper, once in a while for all
  });

  it('are remembered as revoked ones too, so that a client that goes on with one does not hammer the database', async () => {
    const { cache, rows, make, lookups } = cacheOf();
    const key = make(1);
    rows.clear();
    for (let times = 0; times < 100; times++) expect(await cache.holderOf(key)).toBeNull();
    expect(lookups).toHaveLength(1);
  });

  it('are over at once where they are revoked, and no later than named everywhere else', async () => {
    const [here, there] = [cacheOf(), cacheOf()];
    const key = here.make(1);
    there.make(1);
    await Promise.all([here.cache.holderOf(key), there.cache.holderOf(key)]);
    for (const { rows } of [here, there]) rows.clear();
    here.cache.forget('0101010101010101');
    expect(await here.cache.holderOf(key)).toBeNull();
    there.pass(REVOKED_ELSEWHERE_MS - 1);
    expect(await there.cache.holderOf(key)).not.toBeNull();
    there.pass(2);
    expect(await there.cache.holderOf(key)).toBeNull();
  });

  it('are over even when they were being looked up while they were revoked', async () => {
    const { cache, make, hold } = cacheOf();
    const key = make(1);
    let release = (): void => undefined;
    hold(new Promise<void>((resolve) => (release = resolve)));
    const answer = cache.holderOf(key); // has read the row, and not answered yet
    cache.forget('0101010101010101');
    release();
    expect(await answer).toBeNull();
  });

  it('are over when they expire, though they are remembered', async () => {
    const { cache, make, pass, noted } = cacheOf();
    const key = make(1, { expiresAt: new Date('2026-01-01T00:00:05Z') });
    expect(await cache.holderOf(key)).not.toBeNull();
    pass(5_000);
    expect(await cache.holderOf(key)).toBeNull();
    expect(noted).toHaveLength(1);
  });

  it('are compared with what is stored, seal or not: one made under the same id is another key', async () => {
    const { cache, rows, make } = cacheOf();
    const key = make(1);
    for (const row of rows.values()) row.hash = apiKeyHash(`${key}x`, pepper);
    expect(await cache.holderOf(key)).toBeNull();
  });

  it('cannot be judged while the database is away: a key is not refused then, and the next request looks it up again', async () => {
    const { cache, make, fail } = cacheOf();
    const key = make(1);
    fail(true);
    await expect(cache.holderOf(key)).rejects.toBe(away);
    fail(false);
    expect(await cache.holderOf(key)).not.toBeNull();
  });

  it('are not remembered without bound', async () => {
    const { cache, make, lookups } = cacheOf({ maxKnown: 2 });
    for (const number of [1, 2, 3, 3, 1]) await cache.holderOf(make(number));
    expect(lookups.map((id) => id.slice(0, 2))).toEqual(['01', '02', '03', '01']);
  });
});

describe('a key whose secret is replaced', () => {
  it('is accepted with the new one at once, though another process has rotated it, and with the one before until that ends', async () => {
    const { cache, make, rotate, pass, noted, lookups } = cacheOf();
    const old = make(1);
    await cache.holderOf(old);
    const fresh = rotate(1, '2026-01-01T00:00:05Z');
    expect(await cache.holderOf(fresh)).toMatchObject({ id: '0101010101010101' });
    expect(await cache.holderOf(old)).toMatchObject({ id: '0101010101010101' });
    pass(5_000);
    expect([await cache.holderOf(old), (await cache.holderOf(fresh))?.id]).toEqual([null, '0101010101010101']);
    const id = '0101010101010101';
    expect(noted).toEqual([`${id} 0`, `${id} 1`, `${id} 0`, `${id} 1`]);
    expect(lookups.length).toBeLessThanOrEqual(3);
  });

  it('costs one query in a while, however often a secret is shown that is no more', async () => {
    const { cache, make, rotate, pass, lookups } = cacheOf();
    const old = make(1);
    const fresh = rotate(1, null);
    await cache.holderOf(fresh);
    for (let times = 0; times < 100; times++) expect(await cache.holderOf(old)).toBeNull();
    expect(lookups).toHaveLength(2);
    pass(REVOKED_ELSEWHERE_MS + 1);
    expect(await cache.holderOf(old)).toBeNull();
    expect(lookups.length).toBeLessThanOrEqual(4);
  });

  it('is looked up again where it was rotated here', async () => {
    const { cache, make, rotate } = cacheOf();
    const old = make(1);
    await cache.holderOf(old);
    rotate(1, null);
    expect(await cache.holderOf(old)).not.toBeNull(); // another process: until its entry is old
    cache.refresh('0101010101010101');
    expect(await cache.holderOf(old)).toBeNull();
  });
});

describe('a key with a list of addresses', () => {
  it.each([
    ['192.0.2.7', true],
    ['::ffff:192.0.2.7', true],
    ['192.0.3.7', false],
    ['2001:db8::1', true],
    ['2001:db9::1', false],
    ['unknown', false],
    [undefined, false],
  ])('is used from %s: %s', async (address, allowed) => {
    const { cache, make, noted } = cacheOf();
    const key = make(1, { allowedAddresses: ['192.0.2.0/24', '2001:db8::/32'] });
    const holder = cache.holderOf(key, address);
    if (allowed) expect(await holder).toMatchObject({ tenant: 'acme' });
    else await expect(holder).rejects.toMatchObject({ code: 'address-not-allowed' });
    expect(noted).toHaveLength(allowed ? 1 : 0);
  });

  it('says nothing of the list to whoever has not the whole key', async () => {
    const { cache, rows, make } = cacheOf();
    const key = make(1, { allowedAddresses: ['192.0.2.1'] });
    for (const row of rows.values()) row.hash = apiKeyHash(`${key}x`, pepper);
    expect(await cache.holderOf(key, '10.0.0.1')).toBeNull();
  });

  it('opens what was made with it from everywhere, such as the ticket of a browser', async () => {
    const { cache, make } = cacheOf();
    make(1, { allowedAddresses: ['192.0.2.1'] });
    expect(await cache.holderWithId('0101010101010101')).toMatchObject({ tenant: 'acme' });
  });
});

describe('a key of the pepper before', () => {
  const [old, fresh] = [pepper, 'q'.repeat(32)];
  const steps = {
    before: new Keyring({ current: old, next: [fresh], named: true }),
    during: new Keyring({ current: fresh, previous: [old], named: true }),
    after: new Keyring({ current: fresh, named: false }),
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  it('is accepted and hashed anew when it is used, once however many requests come, and outlives the old pepper then', async () => {
    const during = cacheOf({ peppers: steps.during });
    const [used, unused] = [during.make(1), during.make(2)];
    expect((await Promise.all([1, 2, 3].map(() => during.cache.holderOf(used)))).every((one) => one !== null)).toBe(true);
    await settle();
    expect([...during.rehashed]).toEqual(['0101010101010101']);
    expect(await during.cache.holderOf(used)).not.toBeNull();
    const after = cacheOf({ peppers: steps.after });
    for (const [id, row] of during.rows) after.rows.set(id, row);
    for (const id of during.rehashed) after.rehashed.add(id);
    expect([(await after.cache.holderOf(used))?.id, await after.cache.holderOf(unused)]).toEqual(['0101010101010101', null]);
    expect(await after.cache.holderOf(`${used.slice(0, -1)}${used.endsWith('A') ? 'B' : 'A'}`)).toBeNull();
  });

  it('is accepted by processes that have the new pepper as their next, which leave its new hash as it is', async () => {
    const [before, during] = [cacheOf({ peppers: steps.before }), cacheOf({ peppers: steps.during })];
    const key = during.make(1);
    await during.cache.holderOf(key);
    await settle();
    for (const [id, row] of during.rows) before.rows.set(id, row);
    expect(await before.cache.holderOf(key)).not.toBeNull();
    await settle();
    expect(before.rehashed.size).toBe(0);
  });

  it('cannot be judged while the database is away, which is looked at once in a second', async () => {
    const { cache, lists, fail, pass } = cacheOf({ peppers: steps.after });
    fail(true);
    const { key } = formApiKey({ id: Buffer.alloc(8, 1), secret: Buffer.alloc(32, 1), pepper: old });
    for (let times = 0; times < 20; times++) await expect(cache.holderOf(key)).rejects.toBe(away);
    expect(lists).toHaveLength(1);
    pass(1_000);
    await expect(cache.holderOf(key)).rejects.toBe(away);
    expect(lists).toHaveLength(2);
  });
});
