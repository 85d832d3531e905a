import type { ConnectionSecurity } from './connection-security';

/** A request to become a WebSocket, before anything about it is trusted. */
export interface UpgradeRequest {
  /** The path as the station wrote it: percent-encoded, beginning with a slash, without query. Only the path is kept of an absolute-form target. */
  path: string;
  /** Without the question mark; empty if there is none. */
  query: string;
  /** Subprotocols in the station's order of preference, malformed header values tolerated (see `parseOffer`). Empty if none was offered. */
  offered: readonly string[];
  /** The header as received. */
  authorization: string | undefined;
  userAgent: string | undefined;
  /** Address of the station, or of the proxy before it where that is not one of `Proxies`; IPv4 in dotted form. */
  remoteAddress: string;
  security: ConnectionSecurity;
}

/** The gateway's decision about an upgrade request. It is accepted without naming a subprotocol when that is null. */
export type UpgradeDecision<Context> =
  | { accept: true; subprotocol: string | null; context: Context }
  | { accept: false; status: RefusalStatus; headers?: Readonly<Record<string, string>>; body?: string };

export type RefusalStatus = 400 | 401 | 403 | 404 | 408 | 426 | 429 | 431 | 500 | 503;

/** The bytes were written to the socket, are kept until the station reads on, or were thrown away because too much is kept already. */
export type Sent = 'sent' | 'buffered' | 'dropped';

/**
 * An open WebSocket. Every method may be called at any time; after the end it does nothing (`send` returns `dropped`).
 * When `send` returns `dropped` on an open socket, the station has missed a message, and the caller must close the socket.
 */
export interface StationSocket {
  /** Unique in this process, for logs and maps. */
  readonly id: number;
  readonly transport: 'uws' | 'ws';
  readonly remoteAddress: string;
  readonly open: boolean;
  /** Bytes kept because the station does not read them fast enough. */
  readonly bufferedBytes: number;
  send(text: string): Sent;
  ping(): void;
  /**
   * Sends a close frame and ends the connection; a station that does not answer it is cut after `closeTimeoutMs`. The listener gets its last event at once,
   * but not inside this call, whatever the station still sends. A reason of more than 123 bytes is cut.
   */
  close(code: number, reason?: string): void;
  /** Ends TCP at once, without a close frame. The listener gets 1006. */
  terminate(): void;
}

/** Receives the events of one open socket, synchronously and in order, never before `TransportHandler.onConnected` has returned. */
export interface SocketListener {
  /** One whole message. The listener may keep the bytes. Text is valid UTF-8. */
  onMessage(bytes: Buffer, isBinary: boolean): void;
  /** The station pinged, and its pong was sent already. */
  onPing(): void;
  onPong(): void;
  /**
   * The last event: called once, and never inside a call of the listener's own. The code is that of the side that ended
   * the connection: ours as given to `close`; the station's as received (1005 for a close frame without code); 1002,
   * 1007 or 1009 for a violation (1006 where the implementation does not tell which); 1006 for a TCP end.
   */
  onDisconnected(code: number, reason: string): void;
}

/** Why the transport itself refused a peer, of which `decideUpgrade` learns nothing. */
export type TransportRefusal =
  /** More than `maxHandshakes` upgrades are being decided: 503. */
  | 'too-many-handshakes'
  /** No decision within `upgradeTimeoutMs`: 503. */
  | 'decision-timeout'
  /** `decideUpgrade` threw: 500. */
  | 'decision-failed'
  /** The peer left while its upgrade was being decided. */
  | 'left'
  /** Accepted, but the transport has stopped listening meanwhile: 503. */
  | 'stopping'
  /** Plain HTTP: 426 on a GET, 404 on anything else. */
  | 'not-a-websocket'
  /** An upgrade that breaks RFC 6455 (400; 426 for an old version), or not HTTP at all (not reported by uWebSockets.js). */
  | 'bad-request'
  /** Above `maxHeaderBytes`: 431. */
  | 'headers-too-large'
  /** Headers not complete after `headerTimeoutMs`: 408 (a TCP end, and not reported, by uWebSockets.js). */
  | 'headers-late'
  /** The TLS handshake failed: by the version, the ciphers, the time, no TLS at all on the TLS port, or for another reason. */
  | 'tls-version'
  | 'tls-cipher'
  | 'tls-late'
  | 'tls-missing'
  | 'tls-failed'
  /** More than `maxTlsHandshakes` are under way, or more than `maxTlsHandshakesPerAddress` of the peer's address. */
  | 'too-many-tls-handshakes';

/** The gateway's side of a transport. An error of a listener is reported to `onDefect`, and the socket closed with 1011. */
export interface TransportHandler<Context> {
  decideUpgrade(request: UpgradeRequest): UpgradeDecision<Context> | Promise<UpgradeDecision<Context>>;
  /** An accepted station has connected. Not called for a station that left while its upgrade was being decided. */
  onConnected(socket: StationSocket, context: Context): SocketListener;
  onRefused(reason: TransportRefusal, remoteAddress: string): void;
  /** Must not throw itself. */
  onDefect(error: unknown): void;
}

/** Where the adapters cannot behave the same. The contract suite tests both sides of each. */
export interface TransportCapabilities {
  /** A violation of the WebSocket protocol gets a close frame (1002, 1007, 1009) before the TCP end; without it only the TCP end, which the station sees as 1006. */
  closeFrameOnViolation: boolean;
  /** An unmasked frame ends the connection at once; without it the frame is never delivered and the connection ends by the idle timeout. */
  refusesUnmasked: boolean;
  /** A message of more than `maxFragments` fragments ends the connection; without it only `maxPayloadBytes` and the idle timeout bound it. */
  boundsFragments: boolean;
  /** Frames sent before the 101 (against RFC 6455, 4.1) are delivered after it; without it they are lost. */
  keepsEarlyFrames: boolean;
  /** Absolute-form request targets (`GET ws://host/path`) are taken; without it they are answered 505. */
  absoluteTargets: boolean;
  /** `headerTimeoutMs` and `closeTimeoutMs` are kept; without it they are the implementation's own (10 and 4 seconds, give or take two). */
  ownTimeouts: boolean;
  /** A message that the system takes is `sent` at once; without it it is `buffered` first. */
  writesAtOnce: boolean;
}

/**
 * Accepts the WebSockets of stations, without compression. The adapters `UwsTransport` and `WsTransport` pass `transportContract`.
 * Sockets are closed by their owner: `stopListening` leaves them open, and `close` cuts the others without a close frame.
 */
export interface StationTransport {
  readonly name: 'uws' | 'ws';
  readonly capabilities: TransportCapabilities;
  /** Resolves with the port that was taken. Rejects with `PortInUse` or the system's error. May be called once. */
  listen(at: { host: string; port: number }): Promise<{ port: number }>;
  /** Takes no new connections. Upgrades that are still being decided are answered 503. Idempotent. */
  stopListening(): void;
  /** Stops listening and cuts every socket; resolves when their `close` events are through. Idempotent. */
  close(): Promise<void>;
}

/** Another process listens on the port. */
export class PortInUse extends Error {
  override name = 'PortInUse';
  constructor(
    readonly host: string,
    readonly port: number,
  ) {
    super(`port ${port} on ${host} is in use`);
  }
}
