import type { Protocol } from '@voltbus/contracts';

/** Where a station connects and as whom. */
export interface Target {
  /** Without the identity, which is appended: `ws://host:port/ocpp/<tenant>`. */
  url: string;
  identity: string;
  protocol: Protocol;
  /** Offers 1.6 too, after `protocol`. */
  offers16?: boolean;
  /** Basic auth; none when absent. */
  password?: string;
  /** Messages are sent in pieces. */
  fragments?: boolean;
  /** The URL ends with a slash. */
  slash?: boolean;
}

/** An open WebSocket, seen by the station. */
export interface Wire {
  /** False when it is closing: the text went nowhere. */
  send(text: string): boolean;
  /** Closes in order. */
  close(): void;
  /** Cuts without a close frame, as a lost mobile network does. */
  cut(): void;
}

export interface WireListener {
  message(text: string): void;
  /** Exactly once, also after `close` and `cut`. */
  closed(code: number): void;
}

/** Connects; rejects with `Refused` when the CSMS answered with an HTTP status, with any other error when nothing answered. */
export type Dial = (target: Target, listener: WireListener) => Promise<Wire>;

export class Refused extends Error {
  override name = 'Refused';
  constructor(
    readonly status: number,
    readonly retryAfterSeconds: number | null,
  ) {
    super(`refused with ${status}`);
  }
}
