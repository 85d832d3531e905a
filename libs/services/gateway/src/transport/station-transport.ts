/** A request to become a WebSocket, before anything about it is trusted. */
export interface UpgradeRequest {
  /** Path as the station wrote it: still percent-encoded, beginning with a slash, without query; an absolute-form target is reduced to its path. */
  path: string;
  /** Without the question mark; empty if there is none. */
  query: string;
  /** Subprotocols in the station's order of preference, malformed header values tolerated (see `parseOffer`). Empty if none was offered. */
  offered: readonly string[];
  /** The header as it came. */
  authorization: string | undefined;
  userAgent: string | undefined;
  /** Address of the TCP peer (the load balancer, if there is one), IPv4 in dotted form. */
  remoteAddress: string;
}

/** What the gateway makes of an upgrade request. `subprotocol` null: accepted without naming one. */
export type UpgradeDecision<Context> =
  | { accept: true; subprotocol: string | null; context: Context }
  | { accept: false; status: RefusalStatus; headers?: Readonly<Record<string, string>>; body?: string };

export type RefusalStatus = 400 | 401 | 403 | 404 | 408 | 426 | 429 | 431 | 500 | 503;

/** Bytes handed to the socket at once, kept until the station reads on, or thrown away because too much is kept already. */
export type Sent = 'sent' | 'buffered' | 'dropped';

/**
 * An open WebSocket. Every method may be called at any time: after the end they do nothing (`send` says `dropped`).
 * Who sees `dropped` on an open socket closes it: the station missed a message.
 */
export interface StationSocket {
  /** Unique in this process, for logs and maps. */
  readonly id: number;
  readonly remoteAddress: string;
  readonly open: boolean;
  /** Bytes kept because the station does not read them fast enough. */
  readonly bufferedBytes: number;
  send(text: string): Sent;
  ping(): void;
  /**
   * Close frame, then the end; a station that does not answer the close frame is cut after `closeTimeoutMs`. The listener is told at once (not
   * inside this call) and hears nothing more, whatever the station still sends. Reason: at most 123 bytes, longer ones are cut.
   */
  close(code: number, reason?: string): void;
  /** TCP end at once, without a close frame: the listener is told 1006. */
  terminate(): void;
}

/** What happens on one open socket. Called synchronously, in order, never before `TransportHandler.open` has returned. */
export interface SocketListener {
  /** One whole message. The bytes are the listener's to keep. Text is valid UTF-8. */
  onMessage(bytes: Buffer, isBinary: boolean): void;
  /** The station pinged (the pong is sent already): counts in the rate limit. */
  onPing(): void;
  onPong(): void;
  /**
   * Exactly once, the last call, never inside a call of the listener's own. The code of the side that ended it: ours as given to `close`, the station's as it
   * came (1005: none in its close frame), 1002, 1007 or 1009 for a violation (1006 where the implementation does not tell which), 1006 for a TCP end.
   */
  onDisconnected(code: number, reason: string): void;
}

/** Why the transport itself turned a peer away; nothing of it reaches `upgrade`. */
export type TransportRefusal =
  /** More than `maxHandshakes` upgrades are being decided: 503. */
  | 'too-many-handshakes'
  /** No decision within `upgradeTimeoutMs`: 503. */
  | 'decision-timeout'
  /** `upgrade` threw: 500. */
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
  | 'headers-late';

/** The gateway's end. A listener that throws is a defect: it is reported to `defect` and the socket closed with 1011. */
export interface TransportHandler<Context> {
  decideUpgrade(request: UpgradeRequest): UpgradeDecision<Context> | Promise<UpgradeDecision<Context>>;
  /** An accepted station is there. Not called for a station that left while it was being decided. */
  onConnected(socket: StationSocket, context: Context): SocketListener;
  onRefused(reason: TransportRefusal, remoteAddress: string): void;
  /** Must not throw itself. */
  onDefect(error: unknown): void;
}

/** Where the adapters cannot behave the same; the contract suite proves both sides of each. */
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
}

/**
 * Accepts stations' WebSockets. Adapters: `UwsTransport`, `WsTransport`; both pass `transportContract`.
 * No compression. Sockets are closed by their owner: `stopListening` leaves them open, `close` cuts what is left without a close frame.
 */
export interface StationTransport {
  readonly name: 'uws' | 'ws';
  readonly capabilities: TransportCapabilities;
  /** Resolves with the port that was taken. Rejects with `PortInUse` or the system's error. Once in a lifetime. */
  listen(at: { host: string; port: number }): Promise<{ port: number }>;
  /** No new connections; upgrades still being decided are answered 503. Idempotent. */
  stopListening(): void;
  /** Stops listening and cuts every socket; resolves when their `close` events are through. Idempotent. */
  close(): Promise<void>;
}

/** Another process listens there. */
export class PortInUse extends Error {
  override name = 'PortInUse';
  constructor(
    readonly host: string,
    readonly port: number,
  ) {
    super(`port ${port} on ${host} is in use`);
  }
}
