import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Answer {
  status: number;
  headers?: Record<string, string>;
}

/** An HTTP server on a free port of this machine that answers each request when it has its whole body. */
export class BodyServer {
  private readonly server;

  constructor(answer: (request: IncomingMessage, body: Buffer) => Answer) {
    this.server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { status, headers } = answer(request, Buffer.concat(parts));
        response.writeHead(status, headers).end();
      });
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port; // it listens on a port
  }

  async listen(): Promise<void> {
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}
