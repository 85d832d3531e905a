import { randomBytes } from 'node:crypto';
import { linkSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';

/** The time for a live owner to identify itself; the socket of a dead one refuses at once. */
const ANSWER_MS = 2_000;
const NAME = /^owner\.(\d{1,15})$/;

/**
 * One process at a time in a folder, as its file system has it: the owner listens on a socket there, which the kernel closes with the process, also after
 * `kill -9`, and which processes of other containers on the same volume reach, to whom a process id means nothing. Not over network file systems.
 */
export class FolderLock {
  private constructor(
    private readonly server: Server,
    private readonly path: string,
  ) {}

  /** Returns the lock, or the description that its owner gives of itself. */
  static async take(folder: string, self: string): Promise<FolderLock | string> {
    const own = join(folder, `.${randomBytes(4).toString('hex')}`);
    const server = await listen(own, self);
    const taken = await next(folder, own);
    rmSync(own, { force: true });
    const owner = 'owner' in taken ? taken.owner : await another(folder, taken.path);
    if ('path' in taken && owner === null) return new FolderLock(server, taken.path);
    if ('path' in taken) rmSync(taken.path, { force: true });
    server.close();
    return owner ?? '';
  }

  /** For tests: leaves it as a killed process does. */
  abandon(): void {
    this.server.close();
  }

  release(): void {
    rmSync(this.path, { force: true });
    this.server.close();
  }
}

/** Takes the number after the last, whose owner is dead: of those who try it at once one has it, for a link is made once. */
async function next(folder: string, own: string): Promise<{ path: string } | { owner: string }> {
  for (;;) {
    const last = Math.max(0, ...numbers(folder));
    const owner = last === 0 ? null : await askOwner(join(folder, `owner.${last}`));
    if (owner !== null) return { owner };
    const path = join(folder, `owner.${last + 1}`);
    if (linked(own, path)) return { path };
  }
}

/**
 * Removes the locks of dead processes. A live process with another number has seen an older state of the folder; both
 * see each other.
 */
async function another(folder: string, path: string): Promise<string | null> {
  for (const number of numbers(folder)) {
    const other = join(folder, `owner.${number}`);
    const owner = other === path ? null : await askOwner(other);
    if (owner !== null) return owner;
    if (other !== path) rmSync(other, { force: true });
  }
  return null;
}

function numbers(folder: string): number[] {
  return readdirSync(folder).flatMap((name) => {
    const [, number] = NAME.exec(name) ?? [];
    return number === undefined ? [] : [Number(number)];
  });
}

function listen(path: string, self: string): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => undefined).end(self)).unref();
  return new Promise((resolve, reject) => server.once('error', reject).listen(path, () => resolve(server)));
}

/** Null: nobody listens there. */
function askOwner(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(path).setTimeout(ANSWER_MS);
    let description = '';
    socket.on('data', (chunk: Buffer) => (description += chunk.toString()));
    socket.once('timeout', () => socket.destroy());
    socket.once('error', () => resolve(null));
    socket.once('close', () => resolve(description === '' ? 'a process that does not answer' : description));
  });
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
