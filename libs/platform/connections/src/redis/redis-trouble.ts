import type { Redis } from 'ioredis';

/** A server that is there but cannot serve, for a reason of its own: as good as away for this call. */
const REFUSES: ReadonlySet<string> = new Set(['OOM', 'MISCONF', 'TRYAGAIN', 'NOREPLICAS', 'BUSY', 'UNKILLABLE', 'NOAUTH', 'WRONGPASS']);
/** A server that is no master any more, or not the one of this data: the name may lead elsewhere by now. */
const REPLACED: ReadonlySet<string> = new Set(['READONLY', 'LOADING', 'MASTERDOWN', 'CLUSTERDOWN']);
/** The code of an error; before Redis 7, of an error within a script too. */
const CODE = /^(?:ERR Error running script.*: -)?([A-Z]+)\b/;

/** Returns the trouble of the server that an error shows; null: none, the call was wrong. */
export function troubleOf(message: string): 'refuses' | 'replaced' | null {
  const code = CODE.exec(message)?.[1] ?? '';
  if (REPLACED.has(code)) return 'replaced';
  return REFUSES.has(code) ? 'refuses' : null;
}

export class NoMaster extends Error {
  override name = 'NoMaster';
}

/** Resolves when the server reports that it is a master, or may not report its role. */
export async function isMaster(server: Redis): Promise<void> {
  const role = await roleOf(server);
  if (role !== 'master') throw new NoMaster(`the registry's server is a ${String(role)}`);
}

async function roleOf(server: Redis): Promise<unknown> {
  try {
    const [role] = (await server.role()) as unknown[];
    return role;
  } catch (error) {
    // An account that may not ask, or a server that hides it: that it answers is all there is.
    if (error instanceof Error && error.name === 'ReplyError' && troubleOf(error.message) === null) return 'master';
    throw error;
  }
}
