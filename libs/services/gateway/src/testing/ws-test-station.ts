import { once } from 'node:events';
import { within } from '@voltbus/testing';
import WebSocket from 'ws';

/** The station's end of a socket, which sends the frames of the spec. */
export class TestStation {
  readonly frames: unknown[] = [];
  private readonly closeCode: Promise<number>;
  private received: () => void = () => undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.frames.push(JSON.parse(data.toString()));
      this.received();
    });
    this.closeCode = once(socket, 'close').then(([code]) => Number(code));
  }

  /** Connects with Basic credentials, or rejects with the HTTP status of the refusal. */
  static async connect(url: string, protocols: string[], auth: string): Promise<TestStation> {
    const socket = new WebSocket(url, protocols, { auth });
    const open = new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('unexpected-response', (_request, response) => reject(new Error(String(response.statusCode))));
      socket.once('error', reject);
    });
    await within(`the gateway answers the upgrade of ${url}`, open);
    return new TestStation(socket);
  }

  /** Resolves with the close code as soon as the socket is closed. */
  get closed(): Promise<number> {
    return within(`the socket of ${this.socket.url} closes`, this.closeCode);
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Resolves with the next frame that was not read yet. */
  async nextFrame(): Promise<unknown> {
    const received = async () => {
      while (this.frames.length === 0) await new Promise<void>((resolve) => (this.received = resolve));
    };
    await within(`a frame comes to ${this.socket.url}`, received());
    return this.frames.shift();
  }

  /** Sends a frame and resolves with the next one. */
  async call(frame: unknown): Promise<unknown> {
    this.send(frame);
    return this.nextFrame();
  }
}
