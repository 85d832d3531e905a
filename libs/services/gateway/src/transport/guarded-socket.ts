import type { Sent, SocketListener, StationSocket } from './station-transport';

/** The operations of an adapter on its native socket. None is called after the end. */
export interface NativeConnection {
  readonly bufferedBytes: number;
  send(text: string): Sent;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

/** A close frame holds 125 bytes, of which two are the code. */
const MAX_REASON_BYTES = 123;
const INTERNAL_ERROR = 1011;

let lastId = 0;

/**
 * Keeps the promises of `StationSocket` and `SocketListener` for both adapters: a closed native socket is never touched (uWebSockets.js throws), the
 * end is reported once and last, and an error of a listener never reaches native code (which would abort the process).
 */
export class GuardedSocket implements StationSocket {
  readonly id = ++lastId;
  #connection: NativeConnection | null;
  #listener: SocketListener | null = null;

  constructor(
    readonly transport: StationSocket['transport'],
    readonly remoteAddress: string,
    connection: NativeConnection,
    private readonly watch: { ended(socket: GuardedSocket): void; defect(error: unknown): void },
  ) {
    this.#connection = connection;
  }

  get open(): boolean {
    return this.#connection !== null;
  }

  get bufferedBytes(): number {
    return this.#connection?.bufferedBytes ?? 0;
  }

  send(text: string): Sent {
    return this.#connection?.send(text) ?? 'dropped';
  }

  ping(): void {
    this.#connection?.ping();
  }

  close(code: number, reason = ''): void {
    if (!sendable(code)) throw new RangeError(`${code} cannot be sent in a close frame`);
    const text = cut(reason);
    this.#end((connection) => connection.close(code, text), code, text);
  }

  terminate(): void {
    this.#end((connection) => connection.terminate(), 1006, '');
  }

  /** Called by the adapter when its socket opens. */
  startListening(open: () => SocketListener): void {
    this.#guard(() => {
      this.#listener = open();
    });
  }

  receiveMessage(bytes: Buffer, isBinary: boolean): void {
    this.#guard(() => this.#listener?.onMessage(bytes, isBinary));
  }

  receivePing(): void {
    this.#guard(() => this.#listener?.onPing());
  }

  receivePong(): void {
    this.#guard(() => this.#listener?.onPong());
  }

  /** The native socket ended, by the station or by TCP; a no-op when we ended it. */
  endedByPeer(code: number, reason: string): void {
    if (this.#connection === null) return;
    this.#connection = null;
    this.#reportEnd(code, reason);
  }

  #end(how: (connection: NativeConnection) => void, code: number, reason: string): void {
    const connection = this.#connection;
    if (connection === null) return;
    this.#connection = null; // first: the native call may report the end synchronously
    how(connection);
    queueMicrotask(() => this.#reportEnd(code, reason));
  }

  #reportEnd(code: number, reason: string): void {
    const listener = this.#listener;
    this.#listener = null;
    try {
      listener?.onDisconnected(code, reason);
    } catch (error) {
      this.watch.defect(error);
    }
    this.watch.ended(this);
  }

  #guard(call: () => void): void {
    if (this.#connection === null) return;
    try {
      call();
    } catch (error) {
      this.watch.defect(error);
      this.close(INTERNAL_ERROR, 'internal error');
    }
  }
}

/** Whether a close frame may hold the code: those registered for frames, and those of libraries and applications (RFC 6455, 7.4). */
function sendable(code: number): boolean {
  return (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
}

/** Cuts a reason to the length that a close frame holds, never inside a character. */
function cut(reason: string): string {
  if (Buffer.byteLength(reason) <= MAX_REASON_BYTES) return reason;
  let end = MAX_REASON_BYTES;
  const bytes = Buffer.from(reason);
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
