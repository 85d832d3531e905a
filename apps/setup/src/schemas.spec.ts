import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase, undeclared, type Database } from '@voltbus/database';
import { migrationsOf, tablesOf, type ServiceDefinition } from '@voltbus/service';
import { freshDatabase } from '@voltbus/testing';
import { SERVICES } from './schemas';

const ROOT = join(__dirname, '../../..');

/** Columns that look as if they held encrypted values, and hold none. */
const NOT_ENCRYPTED = new Set([
  'device_config.api_keys.hash', // an HMAC
  'device_config.api_keys.previous_hash',
  'device_config.audit_chains.hash', // of the chain
  'device_config.audit_log.hash',
  'device_config.audit_log.previous_hash',
  'device_config.auth_sessions.hash', // an HMAC
  'device_config.certificate_requests.csr', // public
  'router.dead_letters.value', // without its secrets
]);

it.each(SERVICES.map((service) => [service.name, service] as const))(
  '%s declares every table: whose its rows are, how they go, by an index where it is by age, and its encrypted columns',
  async (_name, service) => {
    const { url, drop } = await freshDatabase();
    const database = await openDatabase({ url, schema: service.schema, migrations: migrationsOf(service) });
    expect(await undeclared(database, tablesOf(service))).toEqual([]);
    const declared = declaredColumns(service);
    const suspected = await suspectedColumns(database, service);
    expect(suspected.filter((column) => !declared.includes(column) && !NOT_ENCRYPTED.has(column))).toEqual([]);
    expect(declared.filter((column) => NOT_ENCRYPTED.has(column))).toEqual([]);
    await database.destroy();
    await drop();
  },
);

it('declares, for every purpose that something is encrypted for, where it is stored', () => {
  const purposes = SERVICES.flatMap(({ blocks }) => blocks.flatMap(({ tables = [] }) => tables)).flatMap(({ sealed = [], passing = [] }) =>
    [...sealed, ...passing].map(({ purpose }) => purpose),
  );
  const nowhere = ['sign-in']; // in a cookie of the browser, for ten minutes
  expect(purposesInSources()).toEqual([...new Set([...purposes, ...nowhere])].sort());
});

function declaredColumns({ schema, blocks }: ServiceDefinition): string[] {
  return blocks
    .flatMap(({ tables = [] }) => tables)
    .flatMap(({ name, sealed = [], passing = [] }) =>
      [...sealed.map(({ column }) => column), ...passing.map(({ value }) => value)].map((column) => `${schema}.${name}.${column}`),
    );
}

/** By their type, or by their name where they can hold a text. */
async function suspectedColumns(database: Database, { schema }: ServiceDefinition): Promise<string[]> {
  const rows: { suspected: string }[] = await database.query(
    `SELECT table_schema || '.' || table_name || '.' || column_name AS suspected FROM information_schema.columns
     WHERE table_schema = $1 AND table_name NOT IN ('migrations', 'outbox')
       AND (data_type = 'bytea' OR (column_name ~ 'seal|secret|closed|cipher|encrypt' AND data_type IN ('text', 'json', 'jsonb', 'ARRAY')))`,
    [schema],
  );
  return rows.map(({ suspected }) => suspected);
}

/** The purposes of every `SecretBox` of the sources; one whose purpose is no literal fails, but for the two that are given it. */
function purposesInSources(): string[] {
  const given = ['libs/services/device-config/src/stations/sealed-url.ts', 'libs/platform/database/src/sealed/typeorm-resealing.ts'];
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  }).split('\n');
  const sources = files.filter(
    (file) => /^(libs|apps)\//.test(file) && !/\.spec\.ts$|\/testing\/|^libs\/testing/.test(file) && !given.includes(file),
  );
  const boxes = sources.flatMap((file) => readFileSync(join(ROOT, file), 'utf8').match(/new (SecretBox|UrlSeal)\([^\n]*/g) ?? []);
  return [...new Set(boxes.map((box) => /'([a-z-]+)'/.exec(box)?.[1] ?? `no literal: ${box}`))].sort();
}
