import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Settings } from '@voltbus/runtime';
import { sourceOf } from './source';

/** How long a socket may be without a byte in either direction: more than the longest `wait` of a command, and than the comments of event streams. */
const IDLE_SOCKET_MS = 120_000;
/** How often Node looks for sockets that are over their time, in parts of the shortest of them. */
const CHECKS_PER_TIMEOUT = 4;
/** As little as a busy process should look. */
const MIN_CHECK_MS = 50;

type SocketSettings = Pick<Settings, 'API_HEADER_SECONDS' | 'API_BODY_SECONDS' | 'API_KEEP_ALIVE_SECONDS'>;

/** How Fastify's server waits for its clients. An answer that takes long, or a stream, is not what is waited for. */
export function serverTimeouts({ API_HEADER_SECONDS, API_BODY_SECONDS, API_KEEP_ALIVE_SECONDS }: SocketSettings) {
  const headersTimeout = API_HEADER_SECONDS * 1_000;
  const requestTimeout = headersTimeout + API_BODY_SECONDS * 1_000;
  const connectionsCheckingInterval = Math.max(MIN_CHECK_MS, Math.ceil(headersTimeout / CHECKS_PER_TIMEOUT));
  return {
    connectionTimeout: IDLE_SOCKET_MS,
    requestTimeout,
    keepAliveTimeout: API_KEEP_ALIVE_SECONDS * 1_000,
    http: { headersTimeout, requestTimeout, connectionsCheckingInterval },
  };
}

/** Closes the sockets that one address (of IPv6: its /64) opens beyond `most`. `exempt`: proxies, which speak for many. */
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
