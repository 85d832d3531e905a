import { STATUS_CODES } from 'node:http';
import type * as uws from 'uwebsockets';
import { NO_PROXIES, type Proxies } from './client-address';
import { GuardedSocket, type NativeConnection } from './guarded-socket';
import type { StationTransport, TransportHandler, TransportRefusal } from './station-transport';
import { checkedLimits, type TransportLimits } from './transport-limits';
import { REFUSALS, refusalOfRequest, UpgradeHandler, type Refusal } from './upgrade-handler';
import { kindOfRequest } from './upgrade-request';
import { UwsCork } from './uws-cork';
import { listenOn, listenError } from './uws-listen';
import { readHead, type Head } from './uws-request';

export type UwsModule = typeof uws;
type NativeSocket<Context> = uws.WebSocket<Peer<Context>>;

/** The user data of a native socket. `guarded` is set by the open event, before any other. */
interface Peer<Context> {
  context: Context;
  remoteAddress: string;
  guarded: GuardedSocket | null;
}

/** uWebSockets.js ends a violation without a close frame, but gives a reason. The listener gets the code that means the same. */
const VIOLATIONS: Readonly<Record<string, number>> = {
  'Received too big message': 1009,
  'Received too big message, or other inflation error': 1009,
  'Received invalid UTF-8': 1007,
};
/** What `send` of uWebSockets.js returns when it did not take the message. */
const NATIVE_DROPPED = 2;

/** The native binary of this platform. Throws where there is none (musl, glibc before 2.38 on Node 22 and later, a lean installation). */
export function loadUws(): UwsModule {
  // Not an import, because the package is optional and may fail to load.
  return require('uwebsockets') as UwsModule; // require is untyped
}

/** The fast transport. One per process: it runs on Node's own event loop. */
export class UwsTransport<Context> implements StationTransport {
  readonly name = 'uws';
  readonly capabilities = {
    closeFrameOnViolation: false,
    refusesUnmasked: false,
    boundsFragments: false,
    keepsEarlyFrames: false,
    absoluteTargets: false,
    ownTimeouts: false,
    writesAtOnce: true,
  };
  readonly #limits: TransportLimits;
  readonly #upgrades: UpgradeHandler<Context>;
  readonly #app: uws.TemplatedApp;
  readonly #cork: UwsCork;
  readonly #sockets = new Set<GuardedSocket>();
  #listening: uws.us_listen_socket | null = null;
  #closed = false;

  constructor(
    private readonly handler: TransportHandler<Context>,
    limits?: Partial<TransportLimits>,
    private readonly native: UwsModule = loadUws(),
    private readonly proxies: Proxies = NO_PROXIES,
  ) {
    this.#limits = checkedLimits(limits);
    this.#upgrades = new UpgradeHandler(handler, this.#limits);
    this.#cork = new UwsCork(native);
    this.#app = native.App();
    this.#app.ws<Peer<Context>>('/*', this.#behavior());
    this.#app.any('/*', (res, req) => this.#survive(res, () => this.#plain(res, req)));
  }

  async listen(at: { host: string; port: number }): Promise<{ port: number }> {
    await this.#cork.open();
    const listening = await listenOn(this.#app, at);
    if (listening === null) {
      this.#cork.close();
      throw await listenError(at);
    }
    this.#listening = listening;
    return { port: this.native.us_socket_local_port(listening) };
  }

  stopListening(): void {
    this.#upgrades.stop();
    if (this.#listening !== null) this.native.us_listen_socket_close(this.#listening);
    this.#listening = null;
  }

  async close(): Promise<void> {
    this.stopListening();
    for (const socket of this.#sockets) socket.terminate();
    this.#cork.close();
    if (!this.#closed) this.#app.close(); // cuts peers that wait for a decision, and sockets that were closed and are not gone yet
    this.#closed = true;
    await new Promise((resolve) => setImmediate(resolve));
  }

  #behavior(): uws.WebSocketBehavior<Peer<Context>> {
    return {
      compression: this.native.DISABLED,
      maxPayloadLength: this.#limits.maxPayloadBytes,
      maxBackpressure: this.#limits.maxBackpressureBytes,
      idleTimeout: this.#limits.idleTimeoutSeconds,
      sendPingsAutomatically: false,
      upgrade: (res, req, context) => this.#survive(res, () => this.#upgrade(res, req, context)),
      open: (ws) => this.#open(ws),
      message: (ws, message, isBinary) => {
        const bytes = Buffer.from(new Uint8Array(message)); // a copy, and first: the ArrayBuffer dies when this returns
        ws.getUserData().guarded?.receiveMessage(bytes, isBinary);
      },
      ping: (ws) => ws.getUserData().guarded?.receivePing(),
      pong: (ws) => ws.getUserData().guarded?.receivePong(),
      close: (ws, code, message) => {
        const reason = Buffer.from(message).toString();
        ws.getUserData().guarded?.endedByPeer(code === 1006 ? (VIOLATIONS[reason] ?? code) : code, reason);
      },
    };
  }

  /** An error that reaches native code aborts the process. */
  #survive(res: uws.HttpResponse, handle: () => void): void {
    try {
      handle();
    } catch (error) {
      this.handler.onDefect(error);
      try {
        res.close();
      } catch {
        // it was answered already, and a response must not be touched after its end
      }
    }
  }

  #upgrade(res: uws.HttpResponse, req: uws.HttpRequest, context: uws.us_socket_context_t): void {
    // The request is read before the first wait, because it lives on the native stack.
    let left = false;
    res.onAborted(() => {
      left = true;
    });
    const head = readHead(res, req, this.proxies);
    const refusal = this.#refusalOf(req, head);
    if (refusal) return this.#refuseRequest(res, refusal, head.request.remoteAddress);
    void this.#upgrades
      .decideUpgrade(head.request, () => left)
      .then((decision) => {
        if (decision === null || left) return;
        this.#survive(res, () => {
          if (!decision.accept) return refuse(res, decision);
          const peer: Peer<Context> = { context: decision.context, remoteAddress: head.request.remoteAddress, guarded: null };
          this.#cork.run(res, () => res.upgrade(peer, head.key, decision.subprotocol ?? '', '', context));
        });
      });
  }

  #refusalOf(req: uws.HttpRequest, head: Head): { reason: TransportRefusal; answer: Refusal } | null {
    if (head.bytes > this.#limits.maxHeaderBytes) return { reason: 'headers-too-large', answer: REFUSALS.headersTooLarge };
    return refusalOfRequest(kindOfRequest(req.getMethod(), head), req.getMethod());
  }

  /** Answers requests that uWebSockets.js does not take for an upgrade: plain ones, and upgrades without a proper key. */
  #plain(res: uws.HttpResponse, req: uws.HttpRequest): void {
    const head = readHead(res, req, this.proxies);
    const refusal = this.#refusalOf(req, head) ?? { reason: 'bad-request', answer: REFUSALS.broken };
    this.#refuseRequest(res, refusal, head.request.remoteAddress);
  }

  #refuseRequest(res: uws.HttpResponse, { reason, answer }: { reason: TransportRefusal; answer: Refusal }, remoteAddress: string): void {
    this.#upgrades.reportRefusal(reason, remoteAddress);
    refuse(res, answer);
  }

  #open(ws: NativeSocket<Context>): void {
    const peer = ws.getUserData();
    const socket = new GuardedSocket(this.name, peer.remoteAddress, connectionOf(ws, this.#limits.maxBackpressureBytes), {
      ended: (ended) => this.#sockets.delete(ended),
      defect: (error) => this.handler.onDefect(error),
    });
    this.#sockets.add(socket);
    peer.guarded = socket;
    socket.startListening(() => this.handler.onConnected(socket, peer.context));
  }
}

function connectionOf(ws: uws.WebSocket<unknown>, maxBackpressureBytes: number): NativeConnection {
  return {
    get bufferedBytes() {
      return ws.getBufferedAmount();
    },
    send(text) {
      const buffered = ws.getBufferedAmount();
      if (buffered > 0 && buffered + Buffer.byteLength(text) > maxBackpressureBytes) return 'dropped';
      const sent = ws.send(text);
      if (sent === NATIVE_DROPPED) return 'dropped';
      return sent === 0 ? 'buffered' : 'sent';
    },
    ping: () => void ws.ping(),
    close: (code, reason) => ws.end(code, reason),
    terminate: () => ws.close(),
  };
}

function refuse(res: uws.HttpResponse, { status, headers = {}, body = '' }: Refusal): void {
  res.cork(() => {
    res.writeStatus(`${status} ${STATUS_CODES[status] ?? ''}`);
    for (const [name, value] of Object.entries({ ...headers, 'Content-Type': 'text/plain' }))
      res.writeHeader(name, value.replaceAll(/[\r\n]/g, ' '));
    res.end(body, true);
  });
}
