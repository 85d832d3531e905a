import type { EmbeddedPostgresOptions } from '@voltbus/database';
import { guard } from './guard';
import { serverOf, type Life, type Server } from './server';

export interface PostgresServer extends Server {
  /** For the application's role, which is no superuser. */
  url: string;
  /** For the superuser, to make other databases; null where the server is not ours. */
  adminUrl: string | null;
}

/** The embedded Postgres as a server to be killed and brought back. It outlives nobody. */
export async function startOwnPostgres(options: EmbeddedPostgresOptions, changed?: () => void): Promise<PostgresServer> {
  const { startEmbeddedPostgres } = await import('@voltbus/database'); // it brings an ORM along: only where it is asked
  let url = '';
  let adminUrl = '';
  const live = async (): Promise<Life> => {
    const postgres = await startEmbeddedPostgres(options);
    ({ url, adminUrl } = postgres);
    guard(postgres.pid, postgres.gone);
    const send = (signal: NodeJS.Signals): Promise<unknown> => Promise.resolve(process.kill(postgres.pid, signal));
    return { pid: postgres.pid, gone: postgres.gone, send, stop: () => postgres.stop() };
  };
  const server = await serverOf(live, changed);
  return Object.assign(server, { url, adminUrl });
}
