import type { IncomingHttpHeaders, Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { clientAddress, clientSecurity, type Proxies } from './client-address';
import { PLAIN, type ConnectionSecurity } from './connection-security';
import type { HeaderOf } from './forwarded-security';
import { takeProxyHeader, type NamedStation } from './proxy-protocol';
import { beforeServing, peerOf } from './tcp-connections';
import { securityOfTls } from './tls/presented-certificate';
import type { TlsServer } from './tls/tls-server';
import { plainAddress } from './upgrade-request';

/** The stations behind the connections of an HTTP server and the proxies before it: their addresses, and how they are secured. */
export class StationAddresses {
  /** What the PROXY header of an open connection says, by the proxy's address and port: a TLS socket is another one than that which was read from. */
  readonly #named = new Map<string, NamedStation>();
  /** Connections whose PROXY header is waited for. */
  readonly #waiting = new Set<Socket>();

  constructor(
    private readonly proxies: Proxies,
    private readonly headerTimeoutMs: number,
    /** Ends the TLS of its sockets; null: there is none. */
    private readonly tls: () => Pick<TlsServer, 'issuersFor'> | null = () => null,
  ) {}

  /** Gives the server each connection when its PROXY header was read. One without, or that comes from no proxy, is closed and told to `refused`. */
  readBefore(server: HttpServer | HttpsServer, refused: (remoteAddress: string) => void): void {
    beforeServing(server, (socket, serve) => {
      socket.on('error', () => undefined); // its close event follows
      this.#waiting.add(socket);
      const peer = peerOf(socket);
      socket.once('close', () => this.#named.delete(peer));
      void this.#readHeader(socket).then((station) => {
        this.#waiting.delete(socket);
        if (station === null) {
          refused(plainAddress(socket.remoteAddress));
          return void socket.destroy();
        }
        if (socket.destroyed) return;
        this.#named.set(peer, station);
        serve();
      });
    });
  }

  /** The address of the station at the other end of a connection, by the headers of its request where there are some. */
  of(socket: Socket, headers: IncomingHttpHeaders = {}): string {
    return clientAddress(this.proxies, this.#peerOf(socket), headerOf(headers)('x-forwarded-for'));
  }

  /** What is known of the TLS of that station. A proxy that passes on what it knows speaks of the station's connection, and not of its own to us. */
  securityOf(socket: Socket, headers: IncomingHttpHeaders): ConnectionSecurity {
    const named = this.#named.get(peerOf(socket));
    if (this.proxies.tls === 'proxy-protocol' && named !== undefined && !(socket instanceof TLSSocket)) return named.security;
    return (
      clientSecurity(this.proxies, this.#peerOf(socket), headerOf(headers)) ?? (socket instanceof TLSSocket ? this.#ownTls(socket) : PLAIN)
    );
  }

  /** Closes the connections whose header has not come. */
  close(): void {
    for (const socket of this.#waiting) socket.destroy();
  }

  #ownTls(socket: TLSSocket): ConnectionSecurity {
    const serverIssuers = this.tls()?.issuersFor(socket);
    return { ...securityOfTls(socket), ...(serverIssuers === undefined ? {} : { serverIssuers }) };
  }

  #peerOf(socket: Socket): string {
    return this.#named.get(peerOf(socket))?.address ?? plainAddress(socket.remoteAddress);
  }

  async #readHeader(socket: Socket): Promise<NamedStation | null> {
    if (!this.proxies.isProxy(plainAddress(socket.remoteAddress))) return null;
    return takeProxyHeader(socket, this.headerTimeoutMs);
  }
}

function headerOf(headers: IncomingHttpHeaders): HeaderOf {
  return (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value.join() : value;
  };
}
