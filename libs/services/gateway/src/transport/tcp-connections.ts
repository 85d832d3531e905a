import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';

/** Gives each new connection to `gate` instead of the server, which has it when `serve` is called. */
export function beforeServing(server: HttpServer | HttpsServer, gate: (socket: Socket, serve: () => void) => void): void {
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) =>
    gate(socket, () => {
      for (const listener of listeners) listener.call(server, socket);
    }),
  );
}

/** The address and port of the peer of an open connection, which are those of no other: the same for a TLS socket and the one below it. */
export function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
