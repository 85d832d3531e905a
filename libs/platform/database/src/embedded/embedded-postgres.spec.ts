import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until, within } from '@voltbus/testing';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres';
import { isAlive } from './orphaned-server';
import { unprivilegedUser } from './unprivileged-user';

let dataDir: string;
let postgres: EmbeddedPostgres | undefined;
beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'voltbus-embedded-'))));
afterEach(async () => {
  await postgres?.stop();
  postgres = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

const pidFile = (): string => join(dataDir, 'postgres', 'postmaster.pid');

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
    postgres = await startEmbeddedPostgres({ dataDir });
    expect(await query('SELECT two FROM kept')).toEqual([{ two: 2 }]);
  });

  it('waits for the place of a server that has ended and that nobody has waited for yet', async () => {
    postgres = await startEmbeddedPostgres({ dataDir });
    await postgres.stop();
    postgres = undefined;
    const dead = await diesUnseen(1_500);
    writeFileSync(pidFile(), `${dead}\n${join(dataDir, 'postgres')}\n`);
    postgres = await startEmbeddedPostgres({ dataDir });
    expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('takes the place of a server that a killed process left behind', async () => {
    const left = await leaveBehind(dataDir);
    expect(isAlive(left)).toBe(true);
    postgres = await startEmbeddedPostgres({ dataDir });
    expect(isAlive(left)).toBe(false);
    expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('starts over where a start was killed before its database was whole', async () => {
    mkdirSync(join(dataDir, 'postgres.half'));
    writeFileSync(join(dataDir, 'postgres.half', 'PG_VERSION'), '18');
    postgres = await startEmbeddedPostgres({ dataDir });
    expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('listens where a socket can be, however long the path of its folder', async () => {
    chmodSync(dataDir, 0o711); // root's Postgres is another user
    const deep = join(dataDir, 'a'.repeat(120));
    postgres = await startEmbeddedPostgres({ dataDir: deep });
    expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const [host] = /[^@]*$/.exec(postgres.url) ?? [];
    expect(statSync(decodeURIComponent(host?.split('/')[0] ?? '')).mode & 0o777).toBe(0o700);
  });

  it('fails when its password is not the one in the file, instead of waiting', async () => {
    postgres = await startEmbeddedPostgres({ dataDir });
    await postgres.stop();
    postgres = undefined;
    writeFileSync(join(dataDir, 'postgres-password'), 'another');
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow('another password');
  });

  it('ends with the process that started it, also when that one leaves in a hurry', async () => {
    const child = runInChild(dataDir, 'process.exit(3)');
    expect(await within('the child that started the server ends', new Promise((exit) => child.once('exit', exit)))).toBe(3);
    await until('the server removes its pid file as it ends', () => !existsSync(pidFile()));
  });

  it('is stopped in order before a process that has nothing else to do leaves', async () => {
    const child = runInChild(dataDir, 'postgres.stop().then(() => console.log("stopped"))');
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await within('the child that stops the server ends', new Promise((close) => child.once('close', close)));
    expect(output).toBe('ready\nstopped\n');
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

/** A process, of the user that Postgres runs as, that has ended while its parent looks away for so long; its pid. */
async function diesUnseen(ms: number): Promise<number> {
  const program = `
    const dead = require('child_process').spawn('true', ${JSON.stringify(unprivilegedUser())});
    require('fs').writeSync(1, String(dead.pid));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${ms});`;
  const parent = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = Number(await within('the parent prints the pid of its child', new Promise((output) => parent.stdout.once('data', output))));
  await until(`process ${pid} ends`, () => !isAlive(pid));
  return pid;
}

/** Starts it in a child that is then killed with -9; the server's pid. */
async function leaveBehind(folder: string): Promise<number> {
  const child = runInChild(folder, 'setInterval(() => undefined, 1000)');
  await within('the server of the child is ready', new Promise((ready) => child.stdout.once('data', ready)));
  child.kill('SIGKILL');
  await within('the killed child ends', new Promise((gone) => child.once('exit', gone)));
  return Number(readFileSync(pidFile(), 'utf8').split('\n')[0]);
}

async function startInChild(folder: string): Promise<void> {
  const child = runInChild(folder, 'process.exit(0)');
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await within('the child that starts a server ends', new Promise((close) => child.once('close', close)));
  if (code !== 0) throw new Error(output);
}

function runInChild(folder: string, then: string) {
  const program = `
    require(${JSON.stringify(join(__dirname, 'embedded-postgres.ts'))}).startEmbeddedPostgres({ dataDir: ${JSON.stringify(folder)} })
      .then((postgres) => { console.log('ready'); ${then} }, (error) => { console.error(error.message); process.exit(1); });`;
  return spawn(process.execPath, ['-r', join(__dirname, '../../../../../libs/testing/src/run-typescript.cjs'), '-e', program], {
    cwd: __dirname,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
