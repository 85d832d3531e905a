import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { NO_PROXIES, type Proxies } from './client-address';
import { GuardedSocket } from './guarded-socket';
import { StationAddresses } from './station-addresses';
import {
  PortInUse,
  type StationTransport,
  type TransportCapabilities,
  type TransportHandler,
  type TransportRefusal,
} from './station-transport';
import { TlsServer, type ListenerTls } from './tls/tls-server';
import { checkedLimits, type TransportLimits } from './transport-limits';
import { REFUSALS, refusalOfRequest, UpgradeHandler, type Refusal } from './upgrade-handler';
import { splitTarget } from './upgrade-request';
import { connectionOf, frameOptions } from './ws-native';
import { httpOptions, kindOf, readRequest, refuse } from './ws-request';

/** The codes of close frames, by the error of `ws` for a broken frame. Every other error is a protocol error. */
const VIOLATIONS: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
};
const PROTOCOL_ERROR = 1002;
/** The refusals, by the error of Node's HTTP parser. Every other error is a bad request. */
const NOT_HTTP: Readonly<Record<string, { reason: TransportRefusal; answer: Refusal }>> = {
  HPE_HEADER_OVERFLOW: { reason: 'headers-too-large', answer: REFUSALS.headersTooLarge },
  ERR_HTTP_REQUEST_TIMEOUT: { reason: 'headers-late', answer: REFUSALS.headersLate },
};

const CAPABILITIES = {
  closeFrameOnViolation: true,
  refusesUnmasked: true,
  boundsFragments: true,
  keepsEarlyFrames: true,
  absoluteTargets: true,
  ownTimeouts: true,
};

/** The portable transport: Node's HTTP server and `ws`. About twice the CPU per message of `UwsTransport`, but runs wherever Node does. */
export class WsTransport<Context> implements StationTransport {
  readonly name = 'ws';
  readonly capabilities: TransportCapabilities;
  readonly #limits: TransportLimits;
  readonly #upgrades: UpgradeHandler<Context>;
  readonly #http: Server | HttpsServer;
  readonly #tls: TlsServer | null;
  readonly #frames: WebSocketServer;
  readonly #sockets = new Set<GuardedSocket>();
  /** Connections whose upgrade is being decided. */
  readonly #deciding = new Set<Socket>();
  readonly #addresses: StationAddresses;
  #silenceWatch: NodeJS.Timeout | null = null;
  #ended: Promise<void> | null = null;

  constructor(
    private readonly handler: TransportHandler<Context>,
    limits?: Partial<TransportLimits>,
    proxies: Proxies = NO_PROXIES,
    tls: ListenerTls | null = null,
  ) {
    this.capabilities = { ...CAPABILITIES, writesAtOnce: tls === null };
    this.#limits = checkedLimits(limits);
    this.#upgrades = new UpgradeHandler(handler, this.#limits);
    this.#frames = new WebSocketServer(frameOptions(this.#limits));
    this.#addresses = new StationAddresses(proxies, this.#limits.headerTimeoutMs, () => this.#tls);
    this.#tls = tls === null ? null : this.#secured(tls, proxies);
    this.#http = this.#tls?.server ?? createServer(httpOptions(this.#limits), this.#plain);
    if (proxies.protocol)
      this.#addresses.readBefore(this.#http, (remoteAddress) => this.#upgrades.reportRefusal('bad-request', remoteAddress));
    this.#http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => void this.#upgrade(request, socket, head));
    this.#http.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => this.#notHttp(error, socket));
  }

  /** Handshakes that begin from now on use these certificates. Only for a transport with TLS. */
  renewCertificates(certificates: ListenerTls['certificates']): void {
    this.#tls?.renew(certificates);
  }

  async listen(at: { host: string; port: number }): Promise<{ port: number }> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'EADDRINUSE' ? new PortInUse(at.host, at.port) : error),
      );
      this.#http.listen(at.port, at.host, resolve);
    });
    this.#watchSilence();
    const address = this.#http.address();
    return { port: typeof address === 'object' && address !== null ? address.port : at.port };
  }

  stopListening(): void {
    this.#upgrades.stop();
    this.#ended ??= new Promise((resolve) => {
      this.#http.close(() => resolve()); // an error means that it never listened, so it has ended too
    });
  }

  async close(): Promise<void> {
    this.stopListening();
    if (this.#silenceWatch) clearInterval(this.#silenceWatch);
    for (const socket of this.#sockets) socket.terminate();
    for (const socket of this.#deciding) socket.destroy();
    this.#addresses.close();
    this.#tls?.close();
    for (const lingering of this.#frames.clients) lingering.terminate();
    this.#http.closeAllConnections();
    await this.#ended;
  }

  async #upgrade(message: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    socket.on('error', () => undefined); // its close event follows
    const kind = kindOf(message);
    const target = splitTarget(message.url ?? '');
    const refusal = refusalOfRequest(target === null && kind === 'websocket' ? 'broken' : kind, message.method ?? '');
    const remoteAddress = this.#addresses.of(socket, message.headers);
    if (refusal !== null || target === null)
      return this.#refuseRequest(socket, refusal ?? { reason: 'bad-request', answer: REFUSALS.broken }, remoteAddress);
    let left = false;
    const leave = () => {
      left = true;
    };
    socket.once('end', leave);
    this.#deciding.add(socket);
    const decision = await this.#upgrades.decideUpgrade(
      readRequest(message, remoteAddress, this.#addresses.securityOf(socket, message.headers), target),
      () => left || socket.destroyed,
    );
    this.#deciding.delete(socket);
    socket.off('end', leave);
    if (decision === null) return void socket.destroy();
    if (!decision.accept) return refuse(socket, decision);
    // `ws` parses these headers again, and strictly: it gets the chosen subprotocol instead of the offer.
    if (decision.subprotocol === null) delete message.headers['sec-websocket-protocol'];
    else message.headers['sec-websocket-protocol'] = decision.subprotocol;
    delete message.headers['sec-websocket-extensions'];
    this.#frames.handleUpgrade(message, socket, head, (ws) => this.#open(ws, socket, remoteAddress, decision.context));
  }

  #open(ws: WebSocket, tcp: Socket, remoteAddress: string, context: Context): void {
    const socket = new GuardedSocket(this.name, remoteAddress, connectionOf(ws, this.#limits.maxBackpressureBytes), {
      ended: (ended) => this.#sockets.delete(ended),
      defect: (error) => this.handler.onDefect(error),
    });
    this.#sockets.add(socket);
    this.#lastBytes.set(socket, { tcp, bytes: tcp.bytesRead, atMs: performance.now() });
    ws.on('message', (bytes: Buffer, isBinary) => socket.receiveMessage(bytes, isBinary)); // a Buffer: `binaryType` is left at its default
    ws.on('ping', () => socket.receivePing());
    ws.on('pong', () => socket.receivePong());
    ws.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code?.startsWith('WS_ERR_')) socket.endedByPeer(VIOLATIONS[error.code] ?? PROTOCOL_ERROR, error.message);
    });
    ws.on('close', (code, reason) => socket.endedByPeer(code, reason.toString()));
    socket.startListening(() => this.handler.onConnected(socket, context));
  }

  #secured(tls: ListenerTls, proxies: Proxies): TlsServer {
    const parts = {
      ...{ tls, http: httpOptions(this.#limits), limits: this.#limits },
      isProxy: (address: string) => proxies.isProxy(address),
      addressOf: (socket: Socket) => this.#addresses.of(socket),
      refused: (reason: TransportRefusal, remoteAddress: string) => this.#upgrades.reportRefusal(reason, remoteAddress),
    };
    return new TlsServer(parts, this.#plain);
  }

  readonly #plain = (request: IncomingMessage, response: ServerResponse): void => {
    this.#upgrades.reportRefusal('not-a-websocket', this.#addresses.of(request.socket, request.headers));
    const { status, headers, body } = request.method === 'GET' ? REFUSALS.plainGet : REFUSALS.plainOther;
    response.writeHead(status, { ...headers, Connection: 'close' }).end(body);
  };

  #notHttp(error: NodeJS.ErrnoException, socket: Socket): void {
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    this.#refuseRequest(socket, NOT_HTTP[error.code ?? ''] ?? { reason: 'bad-request', answer: REFUSALS.broken });
  }

  #refuseRequest(
    socket: Socket,
    { reason, answer }: { reason: TransportRefusal; answer: Refusal },
    remoteAddress = this.#addresses.of(socket),
  ): void {
    this.#upgrades.reportRefusal(reason, remoteAddress);
    refuse(socket, answer);
  }

  /** When the last bytes came from each open socket. A sweep checks them, because a timer per socket would be restarted by every read. */
  readonly #lastBytes = new WeakMap<GuardedSocket, { tcp: Socket; bytes: number; atMs: number }>();

  #watchSilence(): void {
    const idleMs = this.#limits.idleTimeoutSeconds * 1000;
    const sweep = () => {
      const nowMs = performance.now();
      for (const socket of this.#sockets) {
        const last = this.#lastBytes.get(socket);
        if (!last) continue;
        const bytes = last.tcp.bytesRead;
        if (bytes !== last.bytes) Object.assign(last, { bytes, atMs: nowMs });
        else if (nowMs - last.atMs >= idleMs) socket.terminate();
      }
    };
    this.#silenceWatch = setInterval(sweep, idleMs / 8).unref();
  }
}
