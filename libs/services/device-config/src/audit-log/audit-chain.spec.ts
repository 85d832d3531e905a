import { Readable } from 'node:stream';
import { Retention, USUAL_RETENTION, openDatabase, type Database } from '@voltbus/database';
import { migrationsOf } from '@voltbus/service';
import { freshDatabase, testMetrics } from '@voltbus/testing';
import { openAuditChain } from '../open-audit-chain';
import { deviceConfig } from '../service';
import { AuditSealer } from './audit-sealer';
import { tables } from './store/tables';
import { TypeormAuditChain } from './store/typeorm-audit-chain';
import { TypeormAuditLog } from './typeorm-audit-log';
import { verifyExport, verifyStored } from './verify';

const DAY_MS = 86_400_000;

let url: string;
let drop: () => Promise<void>;
let database: Database;
let log: TypeormAuditLog;
let chain: TypeormAuditChain;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ url, drop } = await freshDatabase());
  database = await open();
  log = new TypeormAuditLog(database);
  ({ chain, close } = await openAuditChain(url));
});
afterAll(async () => {
  await close?.();
  await database?.destroy();
  await drop?.();
});

const open = (): Promise<Database> =>
  openDatabase({ url, schema: deviceConfig.schema, migrations: migrationsOf(deviceConfig), poolSize: 6 });
const seal = (batch?: number): Promise<void> => new AuditSealer(chain, batch).run();
const verify = (tenant: string, days = 730, now = new Date()) => verifyStored(chain, tenant, { days, now });

async function begin(tenant: string, requestId = 'r', from = log): Promise<string> {
  const request = { method: 'PUT', path: '/v1/tokens/CARD', address: '192.0.2.1', requestId, reason: null };
  return from.begin({ tenant, key: null, ...request, before: { idToken: 'CARD', limit: { maxEnergyWh: 1.5 }, name: 'Zoë "Z"' } });
}

async function write(tenant: string, requestId?: string, from = log): Promise<string> {
  const id = await begin(tenant, requestId, from);
  await from.complete({ tenant, id }, { status: 200, after: { 10: 'ten', 9: 'nine' } });
  return id;
}

/** What a superuser of the database can do. */
async function tamper(statement: string, parameters: unknown[]): Promise<void> {
  await database.query('ALTER TABLE device_config.audit_log DISABLE TRIGGER audit_log_append_only');
  await database.query(statement, parameters);
  await database.query('ALTER TABLE device_config.audit_log ENABLE TRIGGER audit_log_append_only');
}

async function positions(tenant: string): Promise<[id: string, position: number | null][]> {
  const rows: { id: string; position: string | null }[] = await database.query(
    'SELECT id::text, position::text FROM device_config.audit_log WHERE tenant = $1 ORDER BY position NULLS LAST, id',
    [tenant],
  );
  return rows.map(({ id, position }) => [id, position === null ? null : Number(position)]);
}

describe('the chain of the audit log', () => {
  it('takes entries up when their outcome is known, each tenant for itself, and goes on where it stands', async () => {
    const [first, open, last] = [await write('order'), await begin('order'), await write('order')];
    await write('elsewhere');
    await seal(1);
    expect(await positions('order')).toEqual([
      [first, 1],
      [last, 2],
      [open, null],
    ]);
    expect(await verify('elsewhere')).toMatchObject({ entries: 1, from: 1, to: 1, fault: null });
    await log.complete({ tenant: 'order', id: open }, { status: 204, after: null });
    await seal();
    expect((await positions('order')).at(-1)).toEqual([open, 3]);
    expect(await verify('order')).toMatchObject({ entries: 3, from: 1, to: 3, fault: null, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('leaves no room for an entry that was withdrawn', async () => {
    const withdrawn = await begin('withdrawals');
    await log.withdraw({ tenant: 'withdrawals', id: withdrawn });
    await write('withdrawals');
    await seal();
    expect(await verify('withdrawals')).toMatchObject({ entries: 1, from: 1, to: 1, fault: null });
  });

  it('takes up an entry without an outcome after an hour, which then gets none any more', async () => {
    const id = await begin('died');
    await seal();
    expect(await positions('died')).toEqual([[id, null]]);
    await tamper(`UPDATE device_config.audit_log SET at = at - interval '61 minutes' WHERE tenant = $1`, ['died']);
    await seal();
    expect(await positions('died')).toEqual([[id, 1]]);
    await expect(log.complete({ tenant: 'died', id }, { status: 200, after: null })).rejects.toThrow('append-only');
    await expect(log.withdraw({ tenant: 'died', id })).rejects.toThrow('append-only');
    expect(await verify('died')).toMatchObject({ entries: 1, fault: null });
  });

  it('keeps a change behind those that were done when it began, while several processes write and seal at once', async () => {
    const others = [await open(), await open()];
    const writers = others.map((one) => new TypeormAuditLog(one));
    const done: string[] = [];
    /** For each entry, those that were done when it began. */
    const behind = new Map<string, readonly string[]>();
    let writing = true;
    const work = writers
      .flatMap((from) => Array.from({ length: 3 }, () => from))
      .map(async (from, nth) => {
        for (let times = 0; times < 6; times++) {
          const before = [...done];
          const id = await write('busy', `${nth}-${times}`, from);
          behind.set(id, before);
          done.push(id);
        }
      });
    const sealing = others.map(async (one) => {
      while (writing) await new AuditSealer(new TypeormAuditChain(one), 7).run();
    });
    await Promise.all(work);
    writing = false;
    await Promise.all(sealing);
    await seal();
    const place = new Map(await positions('busy'));
    expect([...place.values()].sort((one, other) => Number(one) - Number(other))).toEqual(Array.from({ length: 36 }, (_, nth) => nth + 1));
    const early = [...behind].flatMap(([id, before]) => before.filter((one) => Number(place.get(one)) > Number(place.get(id))));
    expect(early).toEqual([]);
    expect(await verify('busy')).toMatchObject({ entries: 36, from: 1, to: 36, fault: null });
    for (const one of others) await one.destroy();
  });

  it.each([
    'UPDATE device_config.audit_log SET position = NULL',
    'UPDATE device_config.audit_log SET position = position + 1000',
    "UPDATE device_config.audit_log SET hash = ''",
    'UPDATE device_config.audit_log SET sealed_at = now()',
    'UPDATE device_config.audit_log SET status = 500',
    'DELETE FROM device_config.audit_log',
  ])('is kept by the database, which refuses: %s', async (statement) => {
    await write('kept');
    await seal();
    await expect(database.query(`${statement} WHERE tenant = 'kept'`)).rejects.toThrow('append-only');
  });
});

describe('verification', () => {
  const prepared = async (tenant: string): Promise<void> => {
    for (let times = 0; times < 6; times++) await write(tenant, `r-${times}`);
    await seal(4);
  };

  it.each<[string, string, object]>([
    [
      'a changed actor',
      `UPDATE device_config.audit_log SET key = 'x' WHERE tenant = $1 AND position = 3`,
      { position: 3, kind: 'changed' },
    ],
    [
      'a changed resource',
      `UPDATE device_config.audit_log SET after = '{}' WHERE tenant = $1 AND position = 3`,
      { position: 3, kind: 'changed' },
    ],
    [
      'a removed entry',
      'DELETE FROM device_config.audit_log WHERE tenant = $1 AND position = 3',
      { position: 3, id: null, kind: 'missing' },
    ],
    ['a removed end', 'DELETE FROM device_config.audit_log WHERE tenant = $1 AND position > 4', { position: 5, id: null, kind: 'missing' }],
    ['all of it removed', 'DELETE FROM device_config.audit_log WHERE tenant = $1', { position: 6, id: null, kind: 'missing' }],
    [
      'an entry that was written anew with its hash',
      `UPDATE device_config.audit_log SET hash = sha256('x') WHERE tenant = $1 AND position = 6`,
      { position: 6, kind: 'changed' },
    ],
  ])('names the first broken entry: %s', async (what, statement, fault) => {
    const tenant = `tampered-${what.replaceAll(' ', '-')}`.slice(0, 36);
    await prepared(tenant);
    expect((await verify(tenant)).fault).toBeNull();
    await tamper(statement, [tenant]);
    expect((await verify(tenant)).fault).toMatchObject(fault);
  });

  it('goes on after retention, which removes the beginning of a chain and nothing else', async () => {
    await prepared('aged');
    await tamper(`UPDATE device_config.audit_log SET sealed_at = sealed_at - interval '731 days' WHERE tenant = $1 AND position <= 4`, [
      'aged',
    ]);
    const declared = { schema: deviceConfig.schema, tables };
    await new Retention({ dataSource: database, declared, days: USUAL_RETENTION, metrics: testMetrics(), batch: 3 }).run();
    expect(await verify('aged')).toMatchObject({ entries: 2, from: 5, to: 6, fault: null });
    await write('aged');
    await seal();
    expect(await verify('aged')).toMatchObject({ entries: 3, from: 5, to: 7, fault: null });
  });

  it('knows of a quiet tenant that retention has removed all of it, and its chain goes on', async () => {
    await prepared('quiet');
    await tamper('DELETE FROM device_config.audit_log WHERE tenant = $1', ['quiet']);
    expect((await verify('quiet', 730, new Date(Date.now() + 731 * DAY_MS))).fault).toBeNull();
    expect((await verify('quiet', 0, new Date(Date.now() + 731 * DAY_MS))).fault).toMatchObject({ kind: 'missing' });
    await write('quiet');
    await seal();
    expect(await verify('quiet')).toMatchObject({ entries: 1, from: 7, to: 7, fault: null });
  });

  it('gives no place to a clock that goes back', async () => {
    await prepared('clock');
    await database.query(`UPDATE device_config.audit_chains SET sealed_at = sealed_at + interval '1 day' WHERE tenant = 'clock'`);
    await write('clock');
    await seal();
    const rows: { position: string }[] = await database.query(
      `SELECT position FROM device_config.audit_log WHERE tenant = 'clock' ORDER BY sealed_at`,
    );
    expect(rows.map(({ position }) => Number(position))).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('of an export takes its lines in any order, and finds in it what was changed', async () => {
    await prepared('exported');
    const entries = await chain.after('exported', 0, 100);
    const unsealed = { ...entries[0], position: null, previousHash: null, hash: null };
    const lines = [unsealed, ...entries].reverse().map((entry) => JSON.stringify(entry));
    const exported = (changed: readonly string[]) => verifyExport(Readable.from(changed), 'exported');
    expect(await exported([...lines, ''])).toEqual(expect.objectContaining({ entries: 6, unsealed: 1, from: 1, to: 6, fault: null }));
    expect(await exported(lines.map((line) => line.replace('"r-3"', '"r-4"')))).toMatchObject({ fault: { position: 4, kind: 'changed' } });
    expect(await exported(lines.filter((line) => !line.includes('"r-3"')))).toMatchObject({ fault: { position: 4, kind: 'missing' } });
    await expect(exported(['{"a": 1}'])).rejects.toThrow('line 1 is no entry');
  });
});
