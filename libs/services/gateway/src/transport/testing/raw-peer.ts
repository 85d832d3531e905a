import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

interface Frame {
  opcode: number;
  payload: Buffer;
}

interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** Returns an upgrade request. `headers` replaces the usual ones, or removes them by undefined; `extraLines` are added as they are. */
export function upgradeRequest(
  target: string,
  headers: Readonly<Record<string, string | undefined>> = {},
  extraLines: readonly string[] = [],
): string {
  const all = {
    Host: 'csms',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': KEY,
    'Sec-WebSocket-Version': '13',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return [`GET ${target} HTTP/1.1`, ...lines, ...extraLines, '', ''].join('\r\n');
}

/** Returns a frame as a client sends it, or deliberately a wrong one. */
export function frame(
  firstByte: number,
  payload: Buffer | string = '',
  { masked = true, claimedLength }: { masked?: boolean; claimedLength?: bigint } = {},
): Buffer {
  const bytes = Buffer.from(payload);
  const length = claimedLength ?? BigInt(bytes.length);
  const mask = Buffer.from([0x12, 0x34, 0x56, 0x78]);
  const header = Buffer.alloc(10);
  header[0] = firstByte;
  const maskBit = masked ? 0x80 : 0;
  let size = 2;
  if (length < 126n) header[1] = maskBit | Number(length);
  else if (length < 65_536n) {
    header[1] = maskBit | 126;
    size = 2 + 2;
    header.writeUInt16BE(Number(length), 2);
  } else {
    header[1] = maskBit | 127;
    size = 2 + 8;
    header.writeBigUInt64BE(length, 2);
  }
  const body = masked ? bytes.map((byte, i) => byte ^ (mask[i % 4] ?? 0)) : bytes;
  return Buffer.concat([header.subarray(0, size), masked ? mask : Buffer.alloc(0), body]);
}

export const TEXT = 0x81;
export const CLOSE = 0x88;
export const PING = 0x89;
export const PONG = 0x8a;

/** A peer that sends raw bytes, as a firmware with a bug or an attacker does. */
export class RawPeer {
  #bytes = Buffer.alloc(0);
  #ended = false;
  #changed: () => void = () => undefined;
  readonly #end: Promise<unknown>;

  private constructor(
    readonly socket: Socket,
    /** Below TLS; the same socket without. */
    readonly tcp: Socket,
  ) {
    socket.on('data', (bytes) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      this.#changed();
    });
    socket.on('error', () => undefined); // the close event follows
    this.#end = new Promise((resolve) => socket.once('close', resolve)).then(() => {
      this.#ended = true;
      this.#changed();
    });
  }

  /** Over TLS where its options are given. */
  static async connect(port: number, tls: ConnectionOptions | null = null): Promise<RawPeer> {
    const tcp = connect({ port, host: '127.0.0.1' });
    await once(tcp, 'connect');
    if (tls === null) return new RawPeer(tcp, tcp);
    const socket = connectTls({ ...tls, socket: tcp });
    tcp.on('error', () => undefined); // the TLS socket has it too
    await once(socket, 'secureConnect');
    return new RawPeer(socket, tcp);
  }

  /** Connects and upgrades. */
  static async upgraded(
    port: number,
    target = '/ocpp/CP1',
    headers: Readonly<Record<string, string | undefined>> = {},
    tls: ConnectionOptions | null = null,
  ): Promise<RawPeer> {
    const peer = await RawPeer.connect(port, tls);
    peer.write(upgradeRequest(target, headers));
    const { status } = await peer.answer();
    if (status !== 101) throw new Error(`not upgraded: ${status}`);
    return peer;
  }

  write(bytes: string | Buffer): this {
    this.socket.write(bytes);
    return this;
  }

  /** Resolves with the next HTTP answer. */
  async answer(): Promise<Answer> {
    const head = await this.#take(() => {
      const end = this.#bytes.indexOf('\r\n\r\n');
      return end < 0 ? null : end + 4;
    });
    const [first = '', ...lines] = head.toString('latin1').trimEnd().split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const length = Number(headers['content-length'] ?? 0);
    const body = await this.#take(() => (this.#bytes.length < length ? null : length));
    return { status: Number(first.split(' ')[1]), headers, body: body.toString() };
  }

  /** Resolves with the next frame of the server. */
  async frame(): Promise<Frame> {
    const bytes = await this.#take(() => frameLength(this.#bytes));
    return { opcode: bytes.readUInt8(0) & 0x0f, payload: bytes.subarray(headerLength(bytes)) };
  }

  /** Resolves when TCP has ended, with the bytes that were not read. */
  async end(): Promise<Buffer> {
    await this.#end;
    return this.#bytes;
  }

  get ended(): boolean {
    return this.#ended;
  }

  destroy(): void {
    this.socket.destroy();
  }

  async #take(length: () => number | null): Promise<Buffer> {
    for (;;) {
      const found = length();
      if (found !== null) {
        const taken = this.#bytes.subarray(0, found);
        this.#bytes = this.#bytes.subarray(found);
        return taken;
      }
      if (this.#ended) throw new Error(`ended after ${JSON.stringify(this.#bytes.toString('latin1'))}`);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }
}

function headerLength(bytes: Buffer): number {
  const short = bytes.readUInt8(1) & 0x7f;
  return short === 127 ? 10 : short === 126 ? 4 : 2;
}

function frameLength(bytes: Buffer): number | null {
  if (bytes.length < 2 || bytes.length < headerLength(bytes)) return null;
  const short = bytes.readUInt8(1) & 0x7f;
  const payload = short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
  const whole = headerLength(bytes) + payload;
  return bytes.length < whole ? null : whole;
}
