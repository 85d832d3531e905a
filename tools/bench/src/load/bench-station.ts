import { once } from 'node:events';
import WebSocket from 'ws';

/** A call without an answer for so long ends the measurement: its numbers would be wrong. */
const ANSWER_MS = 60_000;

export type BenchProtocol = 'ocpp1.6' | 'ocpp2.0.1';

/** What a station answers to a command. */
const COMMAND_ANSWER = { status: 'Accepted' };

/** A lean station: one socket, one call under way at a time, every command is accepted. */
export class BenchStation {
  private socket: WebSocket | null = null;
  private waiting: { id: string; settle(payload: Record<string, unknown> | Error): void } | null = null;
  private calls = 0;

  constructor(
    readonly name: string,
    readonly protocol: BenchProtocol,
  ) {}

  async connect(url: string): Promise<void> {
    const socket = new WebSocket(`${url}/${encodeURIComponent(this.name)}`, this.protocol, {
      handshakeTimeout: ANSWER_MS,
      perMessageDeflate: false,
    });
    await once(socket, 'open');
    socket.on('message', (data: Buffer) => this.receive(data.toString()));
    socket.on('close', (code: number) => this.waiting?.settle(new Error(`${this.name} was closed with ${code}`)));
    socket.on('error', () => undefined); // its close follows
    this.socket = socket;
  }

  /** Resolves with the payload of the answer; rejects with an error of the central system, or when the socket closes. */
  call(action: string, payload: object): Promise<Record<string, unknown>> {
    const id = `${this.calls++}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle(new Error(`${this.name}: no answer to ${action}`)), ANSWER_MS);
      const settle = (result: Record<string, unknown> | Error): void => {
        clearTimeout(timer);
        this.waiting = null;
        if (result instanceof Error) reject(result);
        else resolve(result);
      };
      this.waiting = { id, settle };
      this.socket?.send(JSON.stringify([2, id, action, payload]));
    });
  }

  async close(): Promise<void> {
    const { socket } = this;
    this.socket = null;
    if (socket === null || socket.readyState === WebSocket.CLOSED) return;
    const closed = once(socket, 'close');
    socket.close();
    await closed;
  }

  private receive(text: string): void {
    const [type, id, ...rest] = JSON.parse(text) as [number, string, ...unknown[]]; // our own gateway sends OCPP-J
    if (type === 2) return this.socket?.send(JSON.stringify([3, id, COMMAND_ANSWER]));
    if (this.waiting?.id !== id) return;
    if (type === 3) this.waiting.settle(rest[0] as Record<string, unknown>);
    else this.waiting.settle(new Error(`${this.name} was answered ${JSON.stringify(rest)}`));
  }
}
