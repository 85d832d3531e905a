import type { Protocol } from '@voltbus/contracts';

/** Files of a station in PEM: the CAs that it trusts (else the public ones), and its own certificate with its key (security profile 3). */
export interface StationTls {
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
}

/** The URL a station connects to, and the identity it connects with. */
export interface Target {
  /** The identity is appended to it: `ws://host:port/ocpp/<tenant>`. */
  url: string;
  identity: string;
  protocol: Protocol;
  /** Offers 1.6 too, after `protocol`. */
  offers16?: boolean;
  /** Basic auth; none when absent. */
  password?: string;
  /** Where a station of 1.6 connects once its security profile is raised to 2 or 3; by default the same with `wss`. */
  secureUrl?: string;
  /** Of a `wss` URL. */
  tls?: StationTls;
  /** Messages are sent in pieces. */
  fragments?: boolean;
  /** The URL ends with a slash. */
  slash?: boolean;
}

/** An open WebSocket as the station sees it. */
export interface StationSocket {
  /** False: the socket is closing and the text was not sent. */
  send(text: string): boolean;
  /** Closes with a close frame. */
  close(): void;
  /** Ends without a close frame, as when a mobile network is lost. */
  cut(): void;
}

export interface SocketListener {
  onMessage(text: string): void;
  /** Is called exactly once, also after `close` and `cut`. */
  onClosed(code: number): void;
}

/** Connects. Rejects with `UpgradeRefused` when the CSMS answered with an HTTP status, with any other error when nothing answered. */
export type Dial = (target: Target, listener: SocketListener) => Promise<StationSocket>;

/** The CSMS answered the WebSocket upgrade with an HTTP status. */
export class UpgradeRefused extends Error {
  override name = 'UpgradeRefused';
  constructor(
    readonly status: number,
    readonly retryAfterSeconds: number | null,
  ) {
    super(`refused with ${status}`);
  }
}
