import { Keyring, SEALED_SECRET_PREFIX, SecretBox, SealedSecrets, keyIdOf } from '@voltbus/contracts';
import { freshDatabase, silentLogger, testMetrics, type FreshDatabase } from '@voltbus/testing';
import type { DataSource } from 'typeorm';
import { openDatabase } from '../connection/typeorm-database';
import type { SchemaDeclaration } from '../retention/retention';
import { WITH_TENANT } from '../retention/table-kinds';
import { RESEAL_SELDOM_MS, RESEAL_SOON_MS, Resealing } from './typeorm-resealing';

const [OLD, NEW, NEXT, STRANGE] = ['old', 'new', 'next', 'strange'].map((name) => name.repeat(12)) as [string, string, string, string];
const SCHEMA = 'test';
const owner = { select: 'tenant, id', of: ({ tenant, id }: Readonly<Record<string, unknown>>) => `${String(tenant)}/${String(id)}` };
const key = ['tenant', 'id'];
const declared: SchemaDeclaration = {
  schema: SCHEMA,
  tables: [
    {
      ...{ name: 'things', holds: 'things', madeBy: 'operators', bound: 'none', tenant: 'tenant', station: null, keeping: WITH_TENANT },
      sealed: [
        { column: 'sealed', form: 'bytes', purpose: 'thing', key, owner },
        { column: 'body', path: ['a', 'url'], form: 'base64', purpose: 'url', key, owner },
        { column: 'password', form: 'station-secret', purpose: 'station-secret', key, owner },
      ],
      passing: [{ value: 'answer', form: 'bytes', purpose: 'answer', key, where: 'answer IS NOT NULL', goes: 'tomorrow' }],
    },
  ],
};
const before = Keyring.of(OLD);
const rotated = new Keyring({ current: NEW, previous: [OLD], named: true });
const box = (keys: Keyring, purpose = 'thing') => new SecretBox(keys, purpose);

let fresh: FreshDatabase;
let database: DataSource;
beforeAll(async () => {
  fresh = await freshDatabase();
  const sql = `CREATE TABLE test.things (tenant text, id integer, sealed bytea, body jsonb, password text, answer bytea, PRIMARY KEY (tenant, id))`;
  database = await openDatabase({ url: fresh.url, schema: SCHEMA, migrations: [{ id: '0001-things', sql }] });
});
afterAll(async () => {
  await database.destroy();
  await fresh.drop();
});
beforeEach(() => database.query('TRUNCATE test.things'));

const resealing = (keys: Keyring, page = 2) =>
  new Resealing({ dataSource: database, declared, keys, logger: silentLogger, metrics: testMetrics(), page });

async function add(id: number, keys: Keyring, secret = `secret ${id}`): Promise<void> {
  await database.query('INSERT INTO test.things VALUES ($1, $2, $3)', ['acme', id, box(keys).close(secret, `acme/${id}`)]);
}

async function stored(): Promise<{ id: number; sealed: Buffer }[]> {
  return database.query('SELECT id, sealed FROM test.things ORDER BY id');
}

const secretsUnder = async (keys: Keyring) => (await stored()).map(({ id, sealed }) => box(keys).open(sealed, `acme/${id}`));

it('encrypts anew what is under an earlier key, named or not, page by page, and nothing twice', async () => {
  const named = new Keyring({ current: OLD, next: [NEW], named: true });
  for (const [id, keys] of [before, named, rotated, before, before].entries()) await add(id, keys);
  const job = resealing(rotated);
  expect(await job.count()).toEqual({ current: 1, previous: 4, next: 0, unreadable: 0 });
  expect(await job.run()).toEqual({ current: 5, previous: 0, next: 0, unreadable: 0 });
  const alone = new Keyring({ current: NEW, named: true });
  expect(await secretsUnder(alone)).toEqual([0, 1, 2, 3, 4].map((id) => `secret ${id}`));
  const now = await stored();
  expect(await job.run()).toMatchObject({ current: 5 });
  expect(await stored()).toEqual(now);
});

it('reads and writes members of documents and secrets of stations, and leaves what is beside them', async () => {
  const body = { a: { url: box(before, 'url').close('https://u:p@x', 'acme/1').toString('base64'), b: [1, null] }, c: '\u00e4' };
  const password = new SealedSecrets(before).seal({ tenant: 'acme', station: '1' }, 'pass');
  const answer = box(before, 'answer').close('answer', 'x');
  await database.query('INSERT INTO test.things VALUES ($1, 1, NULL, $2, $3, $4), ($1, 2, NULL, $5, NULL, NULL)', [
    ...['acme', JSON.stringify(body), password, answer, JSON.stringify({ a: { url: null } })],
  ]);
  // an answer goes by itself, and until then the key before must stay
  expect(await resealing(rotated).run()).toEqual({ current: 2, previous: 1, next: 0, unreadable: 0 });
  const [one, two]: { body: typeof body; password: string; answer: Buffer }[] = await database.query(
    'SELECT * FROM test.things ORDER BY id',
  );
  expect(two?.body).toEqual({ a: { url: null } });
  expect(one).toMatchObject({ body: { a: { b: [1, null] }, c: '\u00e4' }, answer });
  const sealedUrl = Buffer.from(one?.body.a.url ?? '', 'base64');
  expect(keyIdOf(sealedUrl)).not.toBeNull();
  expect(box(new Keyring({ current: NEW, named: true }), 'url').open(sealedUrl, 'acme/1')).toBe('https://u:p@x');
  expect(one?.password.startsWith(SEALED_SECRET_PREFIX)).toBe(true);
  expect(new SealedSecrets(new Keyring({ current: NEW, named: true })).opened({ tenant: 'acme', station: '1' }, one?.password)).toBe(
    'pass',
  );
});

it('never overwrites what a writer stored meanwhile, and takes up later what it left', async () => {
  await add(1, before);
  const written = box(before).close('written meanwhile', 'acme/1');
  let raced = false;
  const racing = {
    async query(text: string, values: unknown[]) {
      if (text.startsWith('UPDATE') && !raced) {
        raced = true;
        await database.query('UPDATE test.things SET sealed = $1', [written]);
      }
      return database.query(text, values);
    },
  } as DataSource;
  const job = new Resealing({ dataSource: racing, declared, keys: rotated, logger: silentLogger, metrics: testMetrics() });
  expect(await job.run()).toMatchObject({ current: 0, previous: 1 });
  expect((await stored())[0]?.sealed).toEqual(written);
  expect(await job.run()).toMatchObject({ current: 1, previous: 0 });
  expect(await secretsUnder(rotated)).toEqual(['written meanwhile']);
});

it('is done by several processes at once, and by one that goes on where another died', async () => {
  for (let id = 0; id < 20; id++) await add(id, before);
  let left = 7;
  const mortal = {
    query: (text: string, values: unknown[]) =>
      text.startsWith('UPDATE') && left-- === 0 ? Promise.reject(new Error('died')) : database.query(text, values),
  } as DataSource;
  const dying = new Resealing({ dataSource: mortal, declared, keys: rotated, logger: silentLogger, metrics: testMetrics() });
  await expect(dying.run()).rejects.toThrow('died');
  await Promise.all([1, 2, 3].map((page) => resealing(rotated, page).run()));
  expect(await resealing(rotated).run()).toEqual({ current: 20, previous: 0, next: 0, unreadable: 0 });
  expect(await secretsUnder(rotated)).toEqual(Array.from({ length: 20 }, (_, id) => `secret ${id}`));
});

it('leaves what is under the next key, and what is under none of its keys, and says so', async () => {
  const coming = new Keyring({ current: OLD, next: [NEXT], named: true });
  await add(1, new Keyring({ current: NEXT, previous: [OLD], named: true }));
  await add(2, Keyring.of(STRANGE));
  await add(3, new Keyring({ current: STRANGE, named: true }));
  const [untouched, errors] = [await stored(), [] as unknown[]];
  const logger = { ...silentLogger, error: (fields: object) => void errors.push(fields) };
  const metrics = testMetrics();
  const job = new Resealing({ dataSource: database, declared, keys: coming, logger, metrics });
  expect(await job.run()).toEqual({ current: 0, previous: 0, next: 1, unreadable: 2 });
  expect(await stored()).toEqual(untouched);
  expect(errors).toEqual([{ schema: SCHEMA, current: 0, previous: 0, next: 1, unreadable: 2 }]);
  expect(metrics.reading('sealed_values')).toBe(3);
});

it('changes nothing where there is one key alone, whose values do not name it', async () => {
  await add(1, before);
  const untouched = await stored();
  expect(await resealing(before).run()).toEqual({ current: 1, previous: 0, next: 0, unreadable: 0 });
  expect(await stored()).toEqual(untouched);
});

it('makes a pass at once, soon again while other processes may still have the key before, and seldom later', async () => {
  const job = resealing(rotated);
  const passes: number[] = [];
  jest.spyOn(job, 'run').mockImplementation(async () => {
    passes.push(0);
    return { current: 0, previous: 0, next: 0, unreadable: 0 };
  });
  const after = async (ms: number) => {
    await job.runWhenDue(ms);
    return passes.length;
  };
  expect([await after(0), await after(RESEAL_SOON_MS - 1), await after(RESEAL_SOON_MS)]).toEqual([1, 1, 2]);
  const later = 2 * RESEAL_SELDOM_MS;
  expect([await after(later), await after(later + RESEAL_SOON_MS), await after(later + RESEAL_SELDOM_MS)]).toEqual([3, 3, 4]);
});
