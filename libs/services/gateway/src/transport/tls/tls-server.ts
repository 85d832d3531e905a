import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, RequestListener, ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { NamedAuthority } from '@voltbus/pki';
import type { TransportRefusal } from '../station-transport';
import { beforeServing } from '../tcp-connections';
import type { TransportLimits } from '../transport-limits';
import { HandshakeLimiter } from './handshake-limiter';
import type { ServerCertificates } from './server-certificates';
import { TICKET_KEYS_MS, TICKET_KEY_BYTES } from './tls-parameters';

/** The TLS of a listener. Its certificates may change while it listens. */
export interface ListenerTls {
  certificates: ServerCertificates;
  /** Stations are asked for a client certificate, which they need not have. */
  requestCertificates: boolean;
}

/** Why a handshake failed, by the code of its error. */
const REASONS: Readonly<Record<string, TransportRefusal>> = {
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'tls-version',
  ERR_SSL_VERSION_TOO_LOW: 'tls-version',
  ERR_SSL_NO_SHARED_CIPHER: 'tls-cipher',
  ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM: 'tls-cipher',
  ERR_SSL_HTTP_REQUEST: 'tls-missing',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'tls-late',
};

interface TlsServerParts {
  tls: ListenerTls;
  http: ServerOptions;
  limits: TransportLimits;
  isProxy(address: string): boolean;
  addressOf(socket: Socket): string;
  refused(reason: TransportRefusal, remoteAddress: string): void;
}

/** An HTTPS server for stations, which bounds the handshakes under way and says why one failed. */
export class TlsServer {
  readonly server: Server;
  private readonly handshakes: HandshakeLimiter;
  private readonly ticketKeys: NodeJS.Timeout;
  private certificates: ServerCertificates;

  constructor(
    private readonly parts: TlsServerParts,
    onRequest: RequestListener,
  ) {
    const { tls, http, limits } = parts;
    this.certificates = tls.certificates;
    this.handshakes = new HandshakeLimiter(limits, (address) => parts.isProxy(address));
    this.server = createServer(
      {
        ...http,
        ...tls.certificates.usual,
        ALPNProtocols: ['http/1.1'],
        requestCert: tls.requestCertificates,
        rejectUnauthorized: false, // a station without a certificate may have a password; what it presents is judged at its upgrade
        handshakeTimeout: limits.headerTimeoutMs,
        SNICallback: (name, done) => done(null, this.certificates.contextFor(name) ?? undefined),
      },
      onRequest,
    );
    this.limitHandshakes();
    this.server.removeAllListeners('tlsClientError'); // Node's own takes a failed handshake for a bad HTTP request
    this.server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => this.failed(error, socket));
    const done = ({ socket }: IncomingMessage) => this.handshakes.done(socket);
    this.server.prependListener('request', done).prependListener('upgrade', done);
    this.ticketKeys = setInterval(() => this.server.setTicketKeys(randomBytes(TICKET_KEY_BYTES)), TICKET_KEYS_MS).unref();
  }

  /** Handshakes that begin from now on use these. Sessions of before are not resumed, because they rest on the CAs of before; sockets stay open. */
  renew(certificates: ServerCertificates): void {
    this.certificates = certificates;
    this.server.setSecureContext(certificates.usual);
  }

  /** The CAs by which the station at the other end may have believed our certificate. */
  issuersFor(socket: TLSSocket): readonly NamedAuthority[] | undefined {
    const own = socket.getX509Certificate();
    return own === undefined ? undefined : this.certificates.issuersOf(own);
  }

  close(): void {
    clearInterval(this.ticketKeys);
    this.handshakes.close();
  }

  private limitHandshakes(): void {
    const { addressOf, refused } = this.parts;
    beforeServing(this.server, (socket, serve) => {
      const address = addressOf(socket);
      if (!this.handshakes.begin(socket, address)) {
        refused('too-many-tls-handshakes', address);
        return void socket.destroy();
      }
      serve();
    });
  }

  private failed(error: NodeJS.ErrnoException, socket: TLSSocket): void {
    // A load balancer that looks whether somebody listens leaves before the handshake: nobody was refused.
    if (error.code !== 'ECONNRESET') this.parts.refused(REASONS[error.code ?? ''] ?? 'tls-failed', this.parts.addressOf(socket));
    socket.destroy();
  }
}
