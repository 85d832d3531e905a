import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres';
import { isAlive } from './left-behind';

jest.setTimeout(60_000);

let dataDir: string;
let postgres: EmbeddedPostgres | undefined;
beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'voltbus-embedded-'))));
afterEach(async () => {
  await postgres?.stop();
  postgres = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

async function query(text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: postgres?.url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded Postgres', () => {
  it('keeps what was committed over a stop and a start', async () => {
    postgres = await startEmbeddedPostgres({ dataDir });
    await query('CREATE TABLE kept AS SELECT 1 AS one');
    await postgres.stop();
    postgres = await startEmbeddedPostgres({ dataDir });
    expect(await query('SELECT one FROM kept')).toEqual([{ one: 1 }]);
  });

  it('gives the application a role that is no superuser and cannot pass row-level security', async () => {
    postgres = await startEmbeddedPostgres({ dataDir });
    expect(await query('SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user')).toEqual([
      { rolsuper: false, rolbypassrls: false },
    ]);
  });

  it('recovers from kill -9 of the server, losing nothing committed', async () => {
    postgres = await startEmbeddedPostgres({ dataDir });
    await query('CREATE TABLE kept AS SELECT 2 AS two');
    process.kill(postgres.pid, 'SIGKILL');
    while (isAlive(postgres.pid)) await new Promise((next) => setTimeout(next, 10));
    postgres = await startEmbeddedPostgres({ dataDir });
    expect(await query('SELECT two FROM kept')).toEqual([{ two: 2 }]);
  });

  it('takes the place of a server that a killed process left behind', async () => {
    const left = await leaveBehind(dataDir);
    expect(isAlive(left)).toBe(true);
    postgres = await startEmbeddedPostgres({ dataDir });
    expect(isAlive(left)).toBe(false);
    expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('refuses a folder that a living process uses, naming it', async () => {
    postgres = await startEmbeddedPostgres({ dataDir });
    await expect(startInChild(dataDir)).rejects.toThrow(`in use by process ${process.pid}`);
  });

  it('keeps its password to its user, and listens on no network', async () => {
    postgres = await startEmbeddedPostgres({ dataDir });
    expect(existsSync(join(dataDir, 'postgres-password'))).toBe(true);
    expect(await query('SHOW listen_addresses')).toEqual([{ listen_addresses: '' }]);
    await expect(new Client({ connectionString: postgres.url.replace(/:[^:@]+@/, ':wrong@') }).connect()).rejects.toThrow('password');
  });
});

/** Starts it in a child that is then killed with -9; the server's pid. */
async function leaveBehind(folder: string): Promise<number> {
  const child = runInChild(folder, 'setInterval(() => undefined, 1000)');
  await new Promise((ready) => child.stdout.once('data', ready));
  child.kill('SIGKILL');
  await new Promise((gone) => child.once('exit', gone));
  return Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

async function startInChild(folder: string): Promise<void> {
  const child = runInChild(folder, 'process.exit(0)');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise((exit) => child.once('exit', exit));
  if (code !== 0) throw new Error(said);
}

function runInChild(folder: string, then: string) {
  const program = `
    const path = require('node:path'), swc = require('@swc/core'), Module = require('node:module');
    require.extensions['.ts'] = (module, file) => module._compile(swc.transformFileSync(file, { swcrc: false, jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } }).code, file);
    require(${JSON.stringify(join(__dirname, 'embedded-postgres.ts'))}).startEmbeddedPostgres({ dataDir: ${JSON.stringify(folder)} })
      .then(() => { console.log('ready'); ${then} }, (error) => { console.error(error.message); process.exit(1); });`;
  return spawn(process.execPath, ['-e', program], { cwd: __dirname, stdio: ['ignore', 'pipe', 'pipe'] });
}
