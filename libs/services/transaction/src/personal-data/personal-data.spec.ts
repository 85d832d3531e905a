import { MAX_STATIONS_NAMED, TOKEN_ERASURES, type StationsOfErasure } from '@voltbus/contracts';
import type { Outbox } from '@voltbus/database';
import { TokenErasureRun } from '@voltbus/service';
import { authorization } from '../authorization/block';
import { startHttp, type HttpFixture } from '../testing/http-fixture.module';
import { PersonalData } from './personal-data';
import { TypeormPersonalData, type Erasure as StoredErasure } from './typeorm-personal-data';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp([]);
});
afterAll(() => http?.close());

interface Erasure {
  id: string;
  state: string;
  pseudonym: string;
  services: { service: string; erasedAt: string | null; changed: number }[];
}
const database = <T>(sql: string, values: unknown[] = []) => http.service.database.query<T[]>(sql, values);
const put = (idToken: string) => http.ask('PUT', `/v1/tokens/${idToken}`, { status: 'Accepted', type: 'Central' });
const erase = (idToken: string) => http.ask<Erasure>('POST', '/v1/token-erasures', { idToken });
async function look(): Promise<void> {
  const blocks = http.service.definition.blocks.filter(({ name }) => name === 'token-erasures');
  for (const block of blocks) await (http.service.use(block) as { run: TokenErasureRun }).run.work();
}
const sessionAt = (station: string, token: string) =>
  database(
    `INSERT INTO transactions.transactions (tenant, id, station, reference, protocol, evse, token, started_at, ended_at, start_key, start_received_at, state, view, revision, updates)
     VALUES ('default', gen_random_uuid(), $1, $1, 'ocpp2.0.1', 1, $2, now(), now(), $1, now(), $3, $3, 1, 1)`,
    [station, token, JSON.stringify({ idToken: token })],
  );

it('is asked for once, takes the token out at once, and is done when every service is', async () => {
  await put('ann-4711-x');
  const { status, body } = await erase('ANN-4711-X');
  expect([status, body.state, body.services.map(({ service }) => service)]).toEqual([202, 'erasing', ['transaction']]);
  expect(body.pseudonym).toMatch(/^ERASED-[0-9A-F]{12}$/);
  expect((await erase('ann-4711-x')).body.id).toBe(body.id);
  expect(await http.ask('GET', '/v1/tokens/ANN-4711-X')).toMatchObject({ status: 404 });
  expect(await database(`SELECT type FROM transactions.removed_tokens WHERE token = 'ANN-4711-X'`)).toEqual([{ type: 'Central' }]);
  await look();
  expect((await http.ask<Erasure>('GET', `/v1/token-erasures/${body.id}`)).body).toMatchObject({
    ...{ id: body.id, state: 'erased', services: [{ service: 'transaction', erasedAt: expect.any(String), changed: 1 }] },
  });
});

it('is one erasure however many ask for it at once, of a token that nobody has stored as well', async () => {
  const asked = await Promise.all(['fay-4711', 'FAY-4711', 'fay-4711', 'Fay-4711'].map(erase));
  expect([asked.map(({ status }) => status), new Set(asked.map(({ body }) => body.id)).size]).toEqual([[202, 202, 202, 202], 1]);
  await sessionAt('CS-F', 'GUS-4711');
  const { body } = await erase('gus-4711');
  const events = await database<{ value: string }>(`SELECT value FROM transactions.outbox WHERE value::text LIKE '%' || $1 || '%' ORDER BY id`, [
    body.id,
  ]); // prettier-ignore
  expect(events.map(({ value }) => JSON.parse(value) as object)).toMatchObject([
    { idToken: 'GUS-4711', pseudonym: body.pseudonym },
    { idToken: 'gus-4711', type: 'ISO14443', stations: ['CS-F'] },
  ]);
});

it('is decided by one process at a time', async () => {
  const store = new TypeormPersonalData(http.service.database);
  const order: string[] = [];
  const decided = {} as StoredErasure; // nobody reads it
  let second: Promise<unknown> = Promise.resolve();
  await store.begin('default', 'HAL-4711', async (unit) => {
    second = store.begin('default', 'HAL-4711', () => Promise.resolve(order.push('second')).then(() => decided));
    for (let queries = 0; queries < 20; queries++) await unit.find(); // time enough for the other one, if it could
    order.push('first');
    return decided;
  });
  await second;
  expect(order).toEqual(['first', 'second']);
});

it('takes the token out of local lists also where the process dies once the erasure is stored', async () => {
  await put('eve-4711');
  const { database: source, use, now } = { ...http.service, use: http.service.use.bind(http.service), now: () => new Date() };
  const dying = new TypeormPersonalData(source);
  const begin = dying.begin.bind(dying);
  dying.begin = async (...given) => {
    await begin(...given);
    throw new Error('killed');
  };
  const outbox = { add: () => Promise.resolve() } as unknown as Outbox;
  const data = new PersonalData({ store: dying, tokens: use(authorization).tokens, outbox, now });
  await expect(data.erase('default', 'eve-4711')).rejects.toThrow('killed');
  expect(await database(`SELECT type FROM transactions.removed_tokens WHERE token = 'EVE-4711'`)).toEqual([{ type: 'Central' }]);
});

it('a token of the same id cannot be made while what comes of it is erased', async () => {
  await erase('ben-4711');
  expect(await put('BEN-4711')).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect(await put('ben-4712')).toMatchObject({ status: 201 });
});

it('is found without regard to case where a database knows that of ASCII alone', async () => {
  const [written, other] = ['m%C3%BCller-4711', 'M\u00dcLLER-4711'];
  await put(written);
  const { body } = await erase(decodeURIComponent(written));
  expect(await put(written)).toMatchObject({ status: 409 });
  expect((await erase(other)).body.id).toBe(body.id);
  await sessionAt('CS-M', other);
  await database(`UPDATE transactions.transactions SET state = '{}', view = '{}' WHERE token = $1`, [other]);
  await database(`UPDATE transactions.token_erasures SET next_at = now() WHERE id = $1`, [body.id]);
  await look();
  expect(await database(`SELECT token FROM transactions.transactions WHERE station = 'CS-M'`)).toEqual([{ token: body.pseudonym }]);
});

it('names the stations at which it charged, each once, in events of bounded size', async () => {
  const stations = Array.from({ length: MAX_STATIONS_NAMED + 1 }, (_, nth) => `CS-${nth}`);
  for (const station of [...stations, 'CS-0']) await sessionAt(station, 'CAT-4711');
  const { body } = await erase('cat-4711');
  await erase('cat-4711');
  const named = await database<{ value: string }>(`SELECT value FROM transactions.outbox WHERE topic = $1 AND headers ->> 'ce_type' = $2 ORDER BY id`, [
    TOKEN_ERASURES.name,
    TOKEN_ERASURES.events.stationsNamed.type,
  ]); // prettier-ignore
  const events = named.map(({ value }) => JSON.parse(value) as StationsOfErasure).filter(({ id }) => id === body.id);
  expect(events.map((event) => event.stations.length)).toEqual([MAX_STATIONS_NAMED, 1]);
  expect(new Set(events.flatMap((event) => event.stations))).toEqual(new Set(stations));
});

it('is exported page by page, of its tenant alone, until nothing is left', async () => {
  await put('DAN-4711-LONG');
  await sessionAt('CS-D', 'DAN-4711-LONG');
  const read = async (tenant: string) => {
    const tables: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { body: { items: { table: string }[]; nextCursor: string | null } } = await http.ask(
        'GET',
        `/v1/token-data?idToken=dan-4711-long${cursor === '' ? '' : `&cursor=${cursor}`}`,
        undefined,
        tenant,
      );
      tables.push(...page.body.items.map(({ table }) => table));
      cursor = page.body.nextCursor;
    }
    return tables.sort();
  };
  expect(await read('default')).toEqual(['token_groups', 'tokens', 'transactions']);
  expect(await read('other')).toEqual([]);
  for (const cursor of [
    'x',
    Buffer.from('{"service":0,"place":{"trace":0,"relation":"pg_catalog.pg_authid","page":-1}}').toString('base64url'),
  ])
    expect(await http.ask('GET', `/v1/token-data?idToken=x&cursor=${cursor}`)).toMatchObject({
      status: 400,
      body: { code: 'invalid-cursor' },
    });
});

it('is listed in its tenant alone, the last one first, by its id without regard to case and by its time, with how far each is', async () => {
  const made: string[] = [];
  for (const idToken of ['ida-4711', 'jon-4711']) made.unshift((await erase(idToken)).body.id);
  await look();
  const list = async (query: string, tenant?: string) =>
    (await http.ask<{ items: Erasure[] }>('GET', `/v1/token-erasures?${query}`, undefined, tenant)).body.items;
  const [last, before] = await list('limit=2');
  expect([last?.id, before?.id]).toEqual(made);
  expect(last).toEqual((await http.ask<Erasure>('GET', `/v1/token-erasures/${made[0]}`)).body);
  expect(last).toMatchObject({ state: 'erased', services: [{ service: 'transaction', erasedAt: expect.any(String) }] });
  expect((await list('idToken=IDA-4711&idToken=nobody')).map(({ id }) => id)).toEqual([made[1]]);
  expect([await list('to=2020-01-01T00:00:00Z'), await list('from=2100-01-01T00:00:00Z'), await list('', 'other')]).toEqual([[], [], []]);
});

it.each(['x', '00000000-0000-4000-8000-000000000000'])('an erasure that there is not is not found: %s', async (id) => {
  expect(await http.ask('GET', `/v1/token-erasures/${id}`)).toMatchObject({ status: 404, body: { code: 'not-found' } });
});
