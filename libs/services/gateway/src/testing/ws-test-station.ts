import { once } from 'node:events';
import WebSocket from 'ws';

/** The station's end of a socket, which sends the frames of the spec. */
export class TestStation {
  readonly frames: unknown[] = [];
  readonly closed: Promise<number>;
  private received: () => void = () => undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.frames.push(JSON.parse(data.toString()));
      this.received();
    });
    this.closed = once(socket, 'close').then(([code]) => Number(code));
  }

  /** Connects with Basic credentials, or rejects with the HTTP status of the refusal. */
  static async connect(url: string, protocols: string[], auth: string): Promise<TestStation> {
    const socket = new WebSocket(url, protocols, { auth });
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('unexpected-response', (_request, response) => reject(new Error(String(response.statusCode))));
      socket.once('error', reject);
    });
    return new TestStation(socket);
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Resolves with the next frame that was not read yet. */
  async nextFrame(): Promise<unknown> {
    while (this.frames.length === 0) await new Promise<void>((resolve) => (this.received = resolve));
    return this.frames.shift();
  }

  /** Sends a frame and resolves with the next one. */
  async call(frame: unknown): Promise<unknown> {
    this.send(frame);
    return this.nextFrame();
  }
}
