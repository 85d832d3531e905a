import type { IncomingHttpHeaders, Server } from 'node:http';
import type { Socket } from 'node:net';
import { clientAddress, type Proxies } from './client-address';
import { takeProxyHeader } from './proxy-protocol';
import { plainAddress } from './upgrade-request';

/** The addresses of the stations behind the proxies of an HTTP server, by PROXY protocol or X-Forwarded-For. */
export class StationAddresses {
  readonly #named = new WeakMap<Socket, string>();
  /** Connections whose PROXY header is waited for. */
  readonly #waiting = new Set<Socket>();

  constructor(
    private readonly proxies: Proxies,
    private readonly headerTimeoutMs: number,
  ) {}

  /** Gives the server each connection when its PROXY header was read. One without, or that comes from no proxy, is closed and told to `refused`. */
  readBefore(server: Server, refused: (remoteAddress: string) => void): void {
    const serve = server.listeners('connection');
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      socket.on('error', () => undefined); // its close event follows
      this.#waiting.add(socket);
      void this.#readHeader(socket).then((address) => {
        this.#waiting.delete(socket);
        if (address === null) {
          refused(plainAddress(socket.remoteAddress));
          return void socket.destroy();
        }
        this.#named.set(socket, address);
        for (const listener of serve) listener.call(server, socket);
      });
    });
  }

  /** The address of the station at the other end of a connection, by the headers of its request where there are some. */
  of(socket: Socket, headers: IncomingHttpHeaders = {}): string {
    const forwardedFor = headers['x-forwarded-for'];
    const peer = this.#named.get(socket) ?? plainAddress(socket.remoteAddress);
    return clientAddress(this.proxies, peer, Array.isArray(forwardedFor) ? forwardedFor.join() : forwardedFor);
  }

  /** Closes the connections whose header has not come. */
  close(): void {
    for (const socket of this.#waiting) socket.destroy();
  }

  async #readHeader(socket: Socket): Promise<string | null> {
    if (!this.proxies.isProxy(plainAddress(socket.remoteAddress))) return null;
    return takeProxyHeader(socket, this.headerTimeoutMs);
  }
}
