import { once } from 'node:events';
import { connect } from 'node:net';
import { Client } from 'pg';
import { TimeoutError, withTimeout } from '@voltbus/flow';
import { handshakeRefusal, tlsRefusal, type Refusal, type RefusalKind } from '@voltbus/tls';
import { addressOf, type DatabaseAddress } from './database-url';

/** SQLSTATEs of a server that does not let us in. */
const STATES: Readonly<Record<string, RefusalKind>> = {
  '28000': 'credentials', // no line of pg_hba.conf, a role that is not there, or a certificate that is missing
  '28P01': 'credentials', // a wrong password
  '3D000': 'rights', // no such database
  '42501': 'rights',
};
const HUNG_UP = /Connection terminated|Client network socket disconnected|ECONNRESET|EPIPE/;
const CONNECT_MS = 5_000;
/** pg has been seen to forget a connection that the server closed in the middle of its beginning: neither its own deadline nor an end comes then. */
const FORGOTTEN_MS = CONNECT_MS + 1_000;
/** What a client sends before a TLS handshake (SSLRequest). */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Connects once. Returns the reason why the database does not let us in; null where it does, or is away: waiting helps then. */
export async function databaseRefusal(url: string, applicationName: string): Promise<Refusal | null> {
  const address = addressOf(url);
  const { host, port, username: user, password, database, tls } = address;
  const server = `${host}:${port}`;
  const ssl = tls?.() ?? false;
  const client = new Client({
    host,
    port,
    user,
    password,
    database,
    ssl,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: applicationName,
  });
  client.on('error', () => undefined); // it is told by what fails
  try {
    await withTimeout(client.connect(), FORGOTTEN_MS);
    return null;
  } catch (error) {
    const refusal = refusalOf(server, error, tls !== null);
    return refusal?.kind === 'closed' ? await explained(refusal, address) : refusal;
  } finally {
    client.end().catch(() => undefined); // not awaited: pg's end has been seen not to come after a connection that failed
  }
}

function refusalOf(server: string, error: unknown, secured: boolean): Refusal | null {
  const tls = tlsRefusal(server, error);
  if (tls !== null) return tls;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const reason = String(message);
  if (reason === 'The server does not support SSL connections')
    return { kind: 'no-tls', server, reason: 'it does not speak TLS on this port' };
  if (!secured && code === '28000' && /no encryption/.test(reason)) return { kind: 'tls', server, reason };
  if (/client password must be a string/.test(reason)) return { kind: 'credentials', server, reason: 'it wants a password' }; // pg's words
  const kind = STATES[String(code)];
  if (kind !== undefined) return { kind, server, reason };
  const closed = error instanceof TimeoutError || HUNG_UP.test(`${String(code)} ${reason}`);
  return closed ? { kind: 'closed', server, reason: 'it closes the connection' } : null;
}

/** A server that does not accept our certificate says so in the handshake, if we let it. */
async function explained(closed: Refusal, { host, port, tls }: DatabaseAddress): Promise<Refusal> {
  if (tls === null) return closed;
  const socket = connect({ host, port, timeout: CONNECT_MS });
  try {
    await once(socket, 'connect');
    socket.write(SSL_REQUEST);
    await once(socket, 'data', { signal: AbortSignal.timeout(CONNECT_MS) });
    return (await handshakeRefusal(closed.server, { ...tls(), socket, host })) ?? closed;
  } catch {
    return closed; // it does not speak to us at all
  } finally {
    socket.destroy();
  }
}
