import type { Sent, SocketListener, StationSocket } from './station-transport';

/** What an adapter can do with its native socket. Never called after the end. */
export interface NativeConnection {
  readonly bufferedBytes: number;
  send(text: string): Sent;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

/** Longest reason of a close frame: 125 bytes less the code. */
const MAX_REASON_BYTES = 123;
const INTERNAL_ERROR = 1011;

let lastId = 0;

/**
 * The promises of `StationSocket` and `SocketListener`, kept in one place for both adapters: a closed native socket is never touched
 * (uWebSockets.js throws), the end is told once and last, and a listener that throws cannot reach native code (which would abort the process).
 */
export class GuardedSocket implements StationSocket {
  readonly id = ++lastId;
  #wire: NativeConnection | null;
  #listener: SocketListener | null = null;

  constructor(
    readonly remoteAddress: string,
    wire: NativeConnection,
    private readonly watch: { ended(socket: GuardedSocket): void; defect(error: unknown): void },
  ) {
    this.#wire = wire;
  }

  get open(): boolean {
    return this.#wire !== null;
  }

  get bufferedBytes(): number {
    return this.#wire?.bufferedBytes ?? 0;
  }

  send(text: string): Sent {
    return this.#wire?.send(text) ?? 'dropped';
  }

  ping(): void {
    this.#wire?.ping();
  }

  close(code: number, reason = ''): void {
    if (!sendable(code)) throw new RangeError(`${code} cannot be sent in a close frame`);
    const text = cut(reason);
    this.#end((wire) => wire.close(code, text), code, text);
  }

  terminate(): void {
    this.#end((wire) => wire.terminate(), 1006, '');
  }

  /** Begins the listening: the adapter's open event. */
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
    if (this.#wire === null) return;
    this.#wire = null;
    this.#tell(code, reason);
  }

  #end(how: (wire: NativeConnection) => void, code: number, reason: string): void {
    const wire = this.#wire;
    if (wire === null) return;
    this.#wire = null; // first: the native call may report the end synchronously
    how(wire);
    queueMicrotask(() => this.#tell(code, reason));
  }

  #tell(code: number, reason: string): void {
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
    if (this.#wire === null) return;
    try {
      call();
    } catch (error) {
      this.watch.defect(error);
      this.close(INTERNAL_ERROR, 'internal error');
    }
  }
}

/** RFC 6455, 7.4: the codes of the registry that may stand in a frame, and those of libraries and applications. */
function sendable(code: number): boolean {
  return (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
}

/** Cut to what a close frame holds, never inside a character. */
function cut(reason: string): string {
  if (Buffer.byteLength(reason) <= MAX_REASON_BYTES) return reason;
  let end = MAX_REASON_BYTES;
  const bytes = Buffer.from(reason);
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
