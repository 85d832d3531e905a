import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePorts, testPki, type TestPki } from '@voltbus/testing';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../embedded/embedded-postgres';
import { databaseRefusal } from './database-refusal';
import { openDatabase } from './typeorm-database';

const HBA = `
local all all scram-sha-256
hostssl voltbus voltbus 127.0.0.1/32 scram-sha-256
hostssl certified voltbus 127.0.0.1/32 cert
`;

let pki: TestPki;
let postgres: EmbeddedPostgres;
let port: number;
let password: string;
let dataDir: string;

/** The server reads its files as a user of its own. */
function give(name: string, from: string): string {
  const path = join(postgres.files, name);
  const { uid, gid } = statSync(postgres.files);
  copyFileSync(from, path);
  chownSync(path, uid, gid);
  chmodSync(path, 0o600);
  return path;
}

beforeAll(async () => {
  pki = await testPki();
  dataDir = mkdtempSync(join(tmpdir(), 'voltbus-secured-'));
  [port = 0] = await freePorts(1);
  postgres = await startEmbeddedPostgres({ dataDir, durable: false, tcpPort: port });
  password = new URL(postgres.url).password;
  writeFileSync(join(pki.folder, 'hba'), HBA);
  const settings = {
    ssl_cert_file: give('server.crt', pki.server.cert),
    ssl_key_file: give('server.key', pki.server.key),
    ssl_ca_file: give('ca.crt', pki.ca),
  };
  give('pg_hba.conf', join(pki.folder, 'hba'));
  await asAdministrator([
    'CREATE DATABASE certified OWNER voltbus',
    ...Object.entries(settings).map(([name, value]) => `ALTER SYSTEM SET ${name} = '${value}'`),
    'ALTER SYSTEM SET ssl = on',
    'SELECT pg_reload_conf()',
  ]);
});
afterAll(async () => {
  await postgres.stop();
  pki.remove();
  rmSync(dataDir, { recursive: true, force: true });
});

async function asAdministrator(statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: postgres.adminUrl });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

interface Wish {
  parameters?: Record<string, string>;
  host?: string;
  login?: string;
  database?: string;
}
function url({ parameters = {}, host = 'localhost', login = `voltbus:${password}`, database = 'voltbus' }: Wish): string {
  return `postgres://${login}@${host}:${port}/${database}?${new URLSearchParams(parameters).toString()}`;
}
const full = (more: Record<string, string> = {}) => ({ sslmode: 'verify-full', sslrootcert: pki.ca, ...more });
const certified = ({ cert, key }: { cert: string; key: string }) => full({ sslcert: cert, sslkey: key });
const isEncrypted = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';

describe('a Postgres with TLS and certificates', () => {
  it.each<[string, () => Wish]>([
    ['require', () => ({ parameters: { sslmode: 'require' } })],
    ['verify-ca by an address', () => ({ parameters: { sslmode: 'verify-ca', sslrootcert: pki.ca }, host: '127.0.0.1' })],
    ['require with a root', () => ({ parameters: { sslmode: 'require', sslrootcert: pki.ca }, host: '127.0.0.1' })],
    ['verify-full', () => ({ parameters: full() })],
    ['a client certificate and no password', () => ({ parameters: certified(pki.client), login: 'voltbus', database: 'certified' })],
  ])('is migrated and asked with %s', async (_, wish) => {
    const given = url(wish());
    expect(await databaseRefusal(given, 'test')).toBeNull();
    const database = await openDatabase({
      url: given,
      schema: 'secured',
      migrations: [{ id: '0001-x', sql: 'CREATE TABLE IF NOT EXISTS secured.x (a int)' }],
    });
    expect(await database.query(isEncrypted)).toEqual([{ ssl: true }]);
    await database.destroy();
  });

  it.each<[string, () => Wish, string, RegExp]>([
    ['the CA is another one', () => ({ parameters: full({ sslrootcert: pki.strangeCa }) }), 'ca', /certificate/],
    ['the CA of require is another one', () => ({ parameters: { sslmode: 'require', sslrootcert: pki.strangeCa } }), 'ca', /certificate/],
    ['only public CAs are trusted', () => ({ parameters: { sslmode: 'verify-full' } }), 'ca', /certificate/],
    ['its certificate has another name', () => ({ parameters: full(), host: '127.0.0.1' }), 'name', /127\.0\.0\.1/],
    ['it wants TLS and gets none', () => ({}), 'tls', /no encryption/],
    ['the password is wrong', () => ({ parameters: full(), login: 'voltbus:wrong' }), 'credentials', /password authentication failed/],
    ['no password is given', () => ({ parameters: full(), login: 'voltbus' }), 'credentials', /wants a password/],
    ['the user is unknown', () => ({ parameters: full(), login: 'nobody:wrong' }), 'credentials', /no pg_hba\.conf entry|password/],
    ['the database is unknown', () => ({ parameters: full(), database: 'none' }), 'credentials', /pg_hba\.conf/],
    ['it wants a client certificate and gets none', () => ({ parameters: full(), database: 'certified' }), 'credentials', /certificate/],
    [
      'the client certificate is of another CA',
      () => ({ parameters: certified(pki.strange), database: 'certified' }),
      'client-certificate',
      /certificate|unknown ca/,
    ],
  ])('is told apart where %s', async (_, wish, kind, reason) => {
    const given = url(wish());
    expect(await databaseRefusal(given, 'test')).toEqual({ kind, server: new URL(given).host, reason: expect.stringMatching(reason) });
  });

  it('that is away is no refusal', async () => {
    expect(await databaseRefusal('postgres://u:p@localhost:1/d?sslmode=require', 'test')).toBeNull();
  });

  it('takes a renewed client certificate from the next connection on', async () => {
    const files = { cert: join(pki.folder, 'renewed.crt'), key: join(pki.folder, 'renewed.key') };
    const take = ({ cert, key }: typeof files) => [copyFileSync(cert, files.cert), copyFileSync(key, files.key)];
    take(pki.client);
    const given = url({ parameters: certified(files), login: 'voltbus', database: 'certified' });
    const database = await openDatabase({ url: given, schema: 'renewed', migrations: [], poolSize: 1 });
    const next = async (): Promise<unknown> => {
      await asAdministrator([`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'certified'`]);
      return database.query(isEncrypted).catch(() => database.query(isEncrypted)); // the first one may meet the connection that has ended
    };
    take(pki.strange);
    await expect(next()).rejects.toThrow();
    take(pki.client);
    expect(await next()).toEqual([{ ssl: true }]);
    await database.destroy();
  });

  it('without TLS is told apart', async () => {
    await asAdministrator(['ALTER SYSTEM SET ssl = off', 'SELECT pg_reload_conf()']);
    expect(await databaseRefusal(url({ parameters: full() }), 'test')).toMatchObject({ kind: 'no-tls' });
  });
});
