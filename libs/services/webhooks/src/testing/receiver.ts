import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface ReceivedRequest {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

type Answer = (response: ServerResponse, received: ReceivedRequest) => void;

const healthy: Answer = (response) => void response.writeHead(204).end();

/** A receiver of webhooks on the loopback. It answers 204, or as it is set to. */
export class Receiver {
  readonly requests: ReceivedRequest[] = [];
  answer: Answer = healthy;
  private readonly waiting: (() => void)[] = [];
  private server: Server | undefined;

  static async start(tls?: { key: string; cert: string }): Promise<Receiver> {
    const receiver = new Receiver();
    const listener: RequestListener = (request, response) => void receiver.receive(request, response);
    receiver.server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
    receiver.server.listen(0, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server?.address() as AddressInfo).port; // it listens
  }

  /** What the messages of these requests are about, in the order in which they came. */
  get stations(): (string | undefined)[] {
    return this.requests.map(({ body }) => (JSON.parse(body) as { subject?: string }).subject);
  }

  /** Resolves when so many requests have come. */
  async received(count: number): Promise<void> {
    while (this.requests.length < count) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Answers as a new one does, and has received nothing. */
  forget(): void {
    this.requests.length = 0;
    this.answer = healthy;
    this.server?.closeAllConnections();
  }

  async close(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = { path: request.url ?? '', headers: request.headers, body: await text(request) };
    this.requests.push(received);
    for (const resolve of this.waiting.splice(0)) resolve();
    this.answer(response, received);
  }
}

/** Answers that a healthy receiver does not give. */
export const never: Answer = () => undefined;
export const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Answer =>
  (response) =>
    void response.writeHead(code, headers).end(body);
