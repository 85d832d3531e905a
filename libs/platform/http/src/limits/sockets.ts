import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Settings } from '@voltbus/runtime';
import { sourceOf } from './source';

/** How long a socket may be silent in both directions: longer than the longest `wait` of a command, and than the comments of event streams are apart. */
const IDLE_SOCKET_MS = 120_000;
/** How often Node checks sockets against their timeouts, per shortest timeout. */
const CHECKS_PER_TIMEOUT = 4;
/** The shortest pause between two checks, for the sake of a busy process. */
const MIN_CHECK_MS = 50;

type SocketSettings = Pick<Settings, 'API_HEADER_SECONDS' | 'API_BODY_SECONDS' | 'API_KEEP_ALIVE_SECONDS' | 'UPLOAD_SECONDS'>;

/**
 * The timeouts of Fastify's server for requests. They do not apply to an answer that takes long, or to a stream. The server has one for all requests: that of
 * uploads, which may take longest. `limitBodyTime` has the one of other bodies.
 */
export function serverTimeouts({ API_HEADER_SECONDS, API_BODY_SECONDS, API_KEEP_ALIVE_SECONDS, UPLOAD_SECONDS }: SocketSettings) {
  const headersTimeout = API_HEADER_SECONDS * 1_000;
  const requestTimeout = headersTimeout + Math.max(API_BODY_SECONDS, UPLOAD_SECONDS) * 1_000;
  const connectionsCheckingInterval = Math.max(MIN_CHECK_MS, Math.ceil(headersTimeout / CHECKS_PER_TIMEOUT));
  return {
    connectionTimeout: IDLE_SOCKET_MS,
    requestTimeout,
    keepAliveTimeout: API_KEEP_ALIVE_SECONDS * 1_000,
    http: { headersTimeout, requestTimeout, connectionsCheckingInterval },
  };
}

/** Closes the sockets that one source opens beyond `most`. Proxies are `exempt`, because they stand for many clients. */
export function capSockets(server: Server, most: number, exempt: (address: string) => boolean): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress;
    if (address === undefined || exempt(address)) return;
    const source = sourceOf(address);
    const count = (open.get(source) ?? 0) + 1;
    if (count > most) return void socket.destroy();
    open.set(source, count);
    socket.once('close', () => {
      const left = (open.get(source) ?? 1) - 1;
      if (left > 0) open.set(source, left);
      else open.delete(source);
    });
  });
}
