import { randomUUID } from 'node:crypto';
import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import { NO_STATION, TOKEN_ERASURES } from '@voltbus/contracts';
import type { Database } from '@voltbus/database';
import { readSettings } from '@voltbus/runtime';
import { Service, TokenErasureRun, tablesOf } from '@voltbus/service';
import { deliverEvents, eventRecord } from '@voltbus/service/testing';
import { freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { SERVICES } from './schemas';
import { COLUMNS, TEXTS } from './testing/token-columns';

const TENANT = 'default';
const ID = '04a2B3C4d5';
const REQUEST = { id: randomUUID(), idToken: '04A2B3C4D5', pseudonym: 'ERASED-0123456789AB', requestedAt: new Date().toISOString() };

let services: Service[];
let database: Database;
let clock = Date.now();
let close: () => Promise<void>;

beforeAll(async () => {
  const { url, drop } = await freshDatabase();
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const secrets = { VOLTBUS_DATABASE_URL: url, VOLTBUS_ADMIN_KEY: 'k'.repeat(40), VOLTBUS_KEY_PEPPER: 'p'.repeat(40) };
  const settings = readSettings({ ...secrets, VOLTBUS_DATABASE_POOL: '4' }, 'standalone', 'standalone');
  const commands = { sendCommand: () => Promise.reject(new Error('no router here')) };
  const parts = { settings, bus, connections: new MemoryConnections(), logger: silentLogger, metrics: testMetrics(), commands };
  services = [];
  for (const definition of SERVICES) services.push(await Service.open(definition, { ...parts, now: () => new Date(clock) }));
  const [first] = services;
  if (first === undefined) throw new Error('no services');
  database = first.database;
  await withoutOwners();
  close = async () => {
    for (const service of services) await service.database.destroy();
    await bus.close();
    await drop();
  };
});
afterAll(() => close?.());

/** Rows of these specs need no station. */
async function withoutOwners(): Promise<void> {
  const keys = await database.query<{ sql: string }[]>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', conrelid::regclass, conname) AS sql FROM pg_constraint
     WHERE contype = 'f' AND conparentid = 0`,
  );
  for (const { sql } of keys) await database.query(sql);
}

/** The part of a service that looks for erased tokens. */
function runOf(service: Service): TokenErasureRun {
  const built = service.definition.blocks.filter(({ name }) => name === 'token-erasures').map((block) => service.use(block));
  const [{ run }] = built as [{ run: TokenErasureRun }];
  return run;
}

/** Columns of JSON and bytes, and of text whose name says that something of outside may be in it. */
async function suspects(): Promise<string[]> {
  const rows = await database.query<{ name: string }[]>(
    `SELECT format('%s.%s.%s', table_schema, table_name, column_name) AS name FROM information_schema.columns c
     JOIN pg_class k ON k.oid = format('%I.%I', table_schema, table_name)::regclass AND NOT k.relispartition AND k.relkind IN ('r', 'p')
     WHERE table_schema = ANY($1) AND (data_type IN ('jsonb', 'json', 'bytea')
       OR (data_type = 'text' AND column_name ~ 'token|tag|payload|body|value|path|key|info|data|before|after|attributes'))`,
    [SERVICES.map(({ schema }) => schema)],
  );
  return rows.map(({ name }) => name).sort();
}

function declared(how: string): string[] {
  return SERVICES.flatMap((definition) => {
    const { schema, tables } = tablesOf(definition);
    return tables.flatMap(({ name, tokens = [] }) =>
      tokens.filter((trace) => trace.how === how).flatMap(({ columns }) => columns.map((column) => `${schema}.${name}.${column}`)),
    );
  }).sort();
}

it('knows of every column that could have the id of a token what an erasure makes of it', async () => {
  const written = [...COLUMNS.removed, ...COLUMNS.pseudonymised, ...COLUMNS.kept, ...COLUMNS.none];
  expect(await suspects()).toEqual(written.sort());
  for (const how of ['removed', 'pseudonymised', 'kept'] as const)
    expect(declared(how).filter((name) => !TEXTS.includes(name))).toEqual([...COLUMNS[how]].sort());
});

const TABLES = [...new Set([...COLUMNS.removed, ...COLUMNS.pseudonymised].map((name) => name.split('.').slice(0, 2).join('.')))];
let planted = 0;

/** A row that names the token in every column that may, long ago and ended; without regard to its owners. */
async function plant(table: string, { tenant = TENANT, id = ID, open = false } = {}): Promise<void> {
  const columns = await database.query<{ name: string; type: string; must: boolean }[]>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AND NOT atthasdef AND attidentity = '' AS must FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
    [table],
  );
  planted += 1;
  const names = new Set([...COLUMNS.removed, ...COLUMNS.pseudonymised]);
  const filled = columns.flatMap(({ name, type, must }) => {
    if (name === 'tenant') return [[name, tenant]];
    if (names.has(`${table}.${name}`)) return [[name, naming(type, name, id)]];
    if (name === 'ended_at') return open ? [] : [[name, new Date('2020-01-01')]];
    return must ? [[name, valueOf(type)]] : [];
  });
  await database.query(
    `INSERT INTO ${table} (${filled.map(([name]) => `"${String(name)}"`).join(', ')}) VALUES (${filled.map((_, nth) => `$${nth + 1}`).join(', ')})`,
    filled.map(([, value]) => value),
  );
}

function naming(type: string, name: string, id: string): unknown {
  if (type.startsWith('json')) return JSON.stringify({ idToken: { idToken: id, type: 'Central' }, idTag: id, n: 1 });
  if (type === 'bytea') return Buffer.from(JSON.stringify({ idTag: id }));
  if (['payload', 'body'].includes(name)) return JSON.stringify([2, 'x', 'Authorize', { idTag: id }]);
  return ['token', 'id_token'].includes(name) ? id.toUpperCase() : `of ${id}, ${planted}`;
}

function valueOf(type: string): unknown {
  if (type.endsWith('[]')) return [];
  if (type === 'text') return `x${planted}`;
  if (type.startsWith('json')) return '{}';
  if (type === 'bytea') return Buffer.from([0]);
  if (type === 'boolean') return false;
  if (type.startsWith('timestamp')) return new Date(Date.UTC(2020, 0, 1, 0, 0, planted));
  return type === 'uuid' ? randomUUID() : planted;
}

/** Tables with rows in which the id stands, by what Postgres shows of them. */
async function stillIn(tenant = TENANT, id = ID): Promise<string[]> {
  const found = await Promise.all(
    TABLES.map((table) =>
      database.query<unknown[]>(
        `SELECT FROM ${table} t WHERE tenant = $1 AND ${table === 'router.dead_letters' ? "encode(t.value, 'escape')" : 't::text'} ILIKE $2 LIMIT 1`,
        [tenant, `%${id}%`],
      ),
    ),
  );
  return TABLES.filter((_table, nth) => (found[nth]?.length ?? 0) > 0).sort();
}
const rowsOf = async (table: string) => (await database.query<unknown[]>(`SELECT FROM ${table} WHERE tenant = $1`, [TENANT])).length;

async function request(value = REQUEST): Promise<void> {
  const { requested } = TOKEN_ERASURES.events;
  const record = eventRecord(requested, value, { tenant: TENANT, station: NO_STATION });
  for (const service of services) await deliverEvents(service, requested, [record]);
}
async function look(): Promise<void> {
  for (const service of services) await runOf(service).work();
}
const stateOf = async (service: Service, id: string) => (await runOf(service).states(TENANT, [id])).get(id);
const states = () => Promise.all(services.map((service) => stateOf(service, REQUEST.id)));

it('erases a token in every service, of its tenant alone, and goes on where a process died', async () => {
  for (const table of TABLES) {
    await plant(table);
    await plant(table, { tenant: 'other' });
    await plant(table, { id: '04A2B3C4D5F6' });
  }
  expect(await stillIn()).toEqual([...TABLES].sort());
  await request();
  for (const service of services) {
    const run = new TokenErasureRun({
      ...(runOf(service) as unknown as { parts: ConstructorParameters<typeof TokenErasureRun>[0] }).parts,
      now: () => new Date(clock),
    });
    let steps = 0; // it dies after each
    jest.spyOn(run as unknown as { step(): Promise<boolean> }, 'step').mockImplementationOnce(() => Promise.resolve(steps++ < 1));
    await run.work();
  }
  await request(); // the event comes twice
  await look();
  expect(await stillIn()).toEqual(await stillIn(TENANT, '04A2B3C4D5F6')); // that of another token
  expect(await stillIn('other')).toEqual([...TABLES].sort());
  for (const state of await states()) expect(state).toMatchObject({ erasedAt: new Date(clock), waiting: 0, changed: expect.any(Number) });
  for (const table of TABLES) {
    const removed = COLUMNS.removed.some((name) => name.startsWith(`${table}.`));
    expect([table, await rowsOf(table)]).toEqual([table, removed ? 1 : 2]);
  }
  const [bill] = await database.query<{ body: object }[]>(`SELECT body FROM cdr.cdrs WHERE body::text LIKE '%ERASED%'`);
  expect(bill?.body).toEqual({ idToken: { idToken: REQUEST.pseudonym, type: 'Central' }, idTag: REQUEST.pseudonym, n: 1 });
});

it('erases what comes later, and waits for what has not ended', async () => {
  for (const table of TABLES) await plant(table);
  await plant('transactions.transactions', { open: true });
  clock += 6 * 60_000;
  await look();
  const left = 'transactions.transactions';
  expect((await stillIn()).filter((table) => table === left)).toEqual([left]);
  expect((await states()).map((state) => state?.waiting)).toContain(1);
  await database.query('UPDATE transactions.transactions SET ended_at = now()');
  clock += 6 * 60_000;
  await look();
  const open = await database.query(`SELECT FROM transactions.transactions WHERE tenant = $1 AND token = '04A2B3C4D5'`, [TENANT]);
  expect([open, (await states()).map((state) => state?.waiting)]).toEqual([[], services.map(() => 0)]);
});

it('looks again when it is time, a last time when its time is over, and then no more', async () => {
  const isThere = () => database.query(`SELECT FROM cdr.cdrs WHERE tenant = $1 AND body::text LIKE '%4a2B3C4d5"%'`, [TENANT]);
  for (const [later, left] of [[0, 1], [90 * 86_400_000, 0], [86_400_000, 1]] as const) {
    await plant('cdr.cdrs');
    clock += later;
    await look();
    expect(await isThere()).toHaveLength(left);
  }
}); // prettier-ignore

it('finds ids that have signs of regular expressions, and changes no bill by an id that is a word of it', async () => {
  const ids = ['DE-8AA-C12345678', 'a.b*c+(1)[2]{3}^$|\\/?', 'charging', 'CS-000001'];
  const bill = { station: 'CS-000001', idToken: 'charging', periods: [{ kind: 'charging', energyWh: 5 }], of: ids };
  await database.query(`UPDATE cdr.cdrs SET body = $1 WHERE ctid = (SELECT ctid FROM cdr.cdrs WHERE tenant = $2 LIMIT 1)`, [bill, TENANT]);
  for (const [nth, idToken] of ids.entries()) {
    await plant('transactions.transactions', { id: idToken });
    await request({ ...REQUEST, id: randomUUID(), idToken, pseudonym: `ERASED-${nth}`, requestedAt: new Date(clock).toISOString() });
  }
  await look();
  const [after] = await database.query<{ body: object }[]>(`SELECT body FROM cdr.cdrs WHERE body ? 'of'`);
  const of = ['ERASED-0', 'ERASED-1', 'charging', 'ERASED-3'];
  expect(after?.body).toEqual({ ...bill, idToken: 'ERASED-2', of });
  const sessions = await database.query<{ key: string }[]>(
    `SELECT left(start_key, 11) AS key FROM transactions.transactions WHERE token ~ '^ERASED-.$' ORDER BY 1`,
  );
  expect(sessions.map(({ key }) => key)).toEqual(ids.map((_id, nth) => `of ERASED-${nth}`));
});

it('goes on behind a row that cannot be changed, which waits, and is looked at by two processes at once', async () => {
  const stuckToken = { id: randomUUID(), idToken: 'STUCK-0001', pseudonym: 'ERASED-STUCK', requestedAt: new Date(clock).toISOString() };
  const stuck = "CHECK (tenant <> 'default' OR body::text NOT LIKE '%ERASED-STUCK%')";
  await database.query(`ALTER TABLE cdr.cdrs ADD CONSTRAINT stuck ${stuck}`);
  for (const table of ['cdr.cdrs', 'cdr.reviews']) await plant(table, { id: stuckToken.idToken });
  await request(stuckToken);
  const cdr = services.find(({ definition }) => definition.schema === 'cdr');
  if (cdr === undefined) throw new Error('no service of bills');
  const at = () => stateOf(cdr, stuckToken.id);
  await Promise.all([runOf(cdr).work(), runOf(cdr).work()]);
  expect(await at()).toEqual({ erasedAt: null, changed: 1, waiting: 1 });
  await database.query('ALTER TABLE cdr.cdrs DROP CONSTRAINT stuck');
  clock += 6 * 60_000;
  await Promise.all([runOf(cdr).work(), runOf(cdr).work()]);
  expect(await at()).toEqual({ erasedAt: new Date(clock), changed: 2, waiting: 0 });
  expect(await stillIn(TENANT, stuckToken.idToken)).toEqual([]);
});

it('takes the keys of what came after the erasure with its last look', async () => {
  const late = { id: randomUUID(), idToken: 'LATE-00001', pseudonym: 'ERASED-LATE', requestedAt: new Date(clock).toISOString() };
  await request(late);
  await plant('transactions.transactions', { id: late.idToken });
  await database.query('UPDATE transactions.transactions SET started_at = now() WHERE token = $1', [late.idToken]);
  for (const [later, left] of [[0, ['transactions.transactions']], [90 * 86_400_000, []]] as const) {
    clock += later;
    await look();
    expect(await stillIn(TENANT, late.idToken)).toEqual(left);
  }
}); // prettier-ignore
