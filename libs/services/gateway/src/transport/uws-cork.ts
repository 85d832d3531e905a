import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type * as uws from 'uwebsockets';
import { listenOn } from './uws-listen';

/** IPv6-only machines have no 127.0.0.1. */
const LOOPBACK = ['127.0.0.1', '::1'];
const HANDSHAKE_MS = 5_000;

/**
 * Lets an upgrade that was decided later be written without uWebSockets.js cutting it.
 *
 * `res.cork(() => res.upgrade(...))`, which its own manual asks for, looks at the HTTP response again afterwards. When the socket did not move
 * in memory as it became a WebSocket, it reads a WebSocket's bytes as an HTTP state and may close the connection 1-2 ms after it opened
 * (uNetworking/uWebSockets pull request 1929; seen here on the first connections of one fresh process in five). While another socket holds
 * the cork, it does not look again. `UwsCork` is that other socket: a connection of the process to itself, which carries nothing.
 */
export class UwsCork {
  #holder: uws.WebSocket<unknown> | null = null;
  #peer: Socket | null = null;

  constructor(private readonly native: typeof uws) {}

  /** Whether upgrades are safe; without a loopback interface they are written as the manual demands. */
  get held(): boolean {
    return this.#holder !== null;
  }

  async open(): Promise<void> {
    for (const host of LOOPBACK) if (this.#holder === null) await this.#openOn(host);
  }

  run(res: uws.HttpResponse, write: () => void): void {
    if (this.#holder === null) res.cork(write);
    else this.#holder.cork(() => res.cork(write));
  }

  close(): void {
    this.#holder?.close();
    this.#peer?.destroy();
  }

  async #openOn(host: string): Promise<void> {
    const path = `/${randomUUID()}`; // so that no other process on this machine becomes the holder
    const app = this.native.App();
    app.ws(path, {
      idleTimeout: 0,
      sendPingsAutomatically: false,
      open: (ws) => {
        this.#holder = ws;
      },
      close: () => {
        this.#holder = null;
      },
    });
    const listening = await listenOn(app, { host, port: 0 });
    if (listening === null) return;
    this.#peer = await shakeHands(host, this.native.us_socket_local_port(listening), path);
    this.native.us_listen_socket_close(listening);
  }
}

async function shakeHands(host: string, port: number, path: string): Promise<Socket> {
  const head = ['Host: loopback', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Key: ${KEY}`, 'Sec-WebSocket-Version: 13'];
  const peer = connect({ host, port, timeout: HANDSHAKE_MS });
  peer.unref();
  await new Promise<void>((done) => {
    for (const event of ['data', 'error', 'close', 'timeout']) peer.once(event, () => done());
    peer.write(`GET ${path} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n`);
  });
  peer.setTimeout(0).on('error', () => undefined); // the holder's close event reports its end
  return peer;
}

/** Any 16 bytes will do, because the answer is not checked. */
const KEY = Buffer.alloc(16).toString('base64');
