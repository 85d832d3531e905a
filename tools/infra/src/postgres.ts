import type { EmbeddedPostgresOptions } from '@voltbus/database';
import { forwardToLoopback } from './forward';
import { freePorts } from './free-ports';
import { guard } from './guard';
import { serverOf, type Life, type Server } from './server';

export interface PostgresServer extends Server {
  /** For the application's role, which is no superuser. */
  url: string;
  /** For the superuser, to make other databases; null where the server is not ours. */
  adminUrl: string | null;
}

/** The embedded Postgres as a server to be killed and brought back. It outlives nobody. It listens on loopback only: an address of this machine leads there. */
export async function startOwnPostgres(options: EmbeddedPostgresOptions, changed?: () => void, host?: string): Promise<PostgresServer> {
  if (host === undefined) return startPostgresProcess(options, changed);
  const [port = 0] = await freePorts(1);
  const server = await startPostgresProcess({ ...options, tcpPort: port }, changed);
  await forwardToLoopback(host, port);
  return Object.assign(server, { url: withAddress(server.url, host, port), adminUrl: withAddress(server.adminUrl ?? '', host, port) });
}

function withAddress(socketUrl: string, host: string, port: number): string {
  const url = new URL(socketUrl);
  return `postgres://${url.username}:${url.password}@${host}:${port}${url.pathname}`;
}

async function startPostgresProcess(options: EmbeddedPostgresOptions, changed?: () => void): Promise<PostgresServer> {
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
