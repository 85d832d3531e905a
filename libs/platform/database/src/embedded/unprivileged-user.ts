import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Whom Postgres runs as: it refuses to run as root. Empty when we are not root. */
export type User = { uid: number; gid: number } | { uid?: never; gid?: never };

/** Where root keeps what the lesser user could not reach in its place (under a home that is closed to others, for instance). */
const ELSEWHERE = '/var/lib/voltbus-embedded';

export function elsewhere(): string {
  mkdirSync(ELSEWHERE, { recursive: true, mode: 0o711 });
  return ELSEWHERE;
}

/** Debian's `postgres` where it exists, else `nobody`. */
export function unprivilegedUser(): User {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const ids = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name]));
    const [uid, gid] = ids.map(({ status, stdout }) => (status === 0 ? Number(stdout.toString()) : Number.NaN));
    if (uid !== undefined && gid !== undefined && !Number.isNaN(uid + gid)) return { uid, gid };
  }
  throw new Error('the embedded Postgres refuses to run as root, and there is no user postgres or nobody to run it as');
}

export function give(path: string, { uid, gid }: User): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

/** The folder, where the user can reach it; else one that stands for it elsewhere. Others may pass through it, not look into it. */
export function reachableFolder(folder: string, user: User): string {
  mkdirSync(folder, { recursive: true });
  if (user.uid === undefined) return folder;
  chmodSync(folder, 0o711);
  if (canReach(folder, user)) return folder;
  const stand = join(elsewhere(), createHash('sha256').update(folder).digest('hex').slice(0, 16));
  mkdirSync(stand, { recursive: true, mode: 0o711 });
  return stand;
}

/** The programs, where the user can run them; else a copy elsewhere. */
export function reachablePrograms(bin: string, version: string, user: User): string {
  if (user.uid === undefined || canReach(join(bin, 'postgres'), user)) return bin;
  const copy = join(elsewhere(), `postgres-${version}`);
  if (!existsSync(copy)) {
    const half = `${copy}.${process.pid}`;
    cpSync(dirname(bin), half, { recursive: true, verbatimSymlinks: true });
    execFileSync('mv', ['-T', half, copy]);
  }
  return join(copy, 'bin');
}

function canReach(path: string, user: User): boolean {
  return spawnSync('test', ['-x', path], { ...user, cwd: '/' }).status === 0;
}
