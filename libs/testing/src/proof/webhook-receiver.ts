import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface ReceivedDelivery {
  id: string;
  body: string;
  /** Whether its signature is what the secret makes of it, as Standard Webhooks has it. */
  signed(secret: string): boolean;
}

/** A receiver of webhooks on a free port of this machine. It refuses as many attempts as it is told, and takes the others. */
export class WebhookReceiver {
  readonly taken: ReceivedDelivery[] = [];
  private refusals = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server);
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => response.writeHead(receiver.take(request.headers, Buffer.concat(parts).toString())).end());
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** The settings with which Voltbus may send to it. */
  get env(): Record<string, string> {
    return { VOLTBUS_WEBHOOK_ALLOWED_ADDRESSES: '127.0.0.1', VOLTBUS_WEBHOOK_ALLOWED_PORTS: String(this.port) };
  }

  refuseNext(attempts: number): void {
    this.refusals = attempts;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private get port(): number {
    return (this.server.address() as AddressInfo).port; // it listens on a port
  }

  private take(headers: IncomingHttpHeaders, body: string): number {
    if (this.refusals > 0) {
      this.refusals -= 1;
      return 503;
    }
    const [id, time, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => String(headers[name]));
    const signed = (secret: string): boolean => {
      const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
      return signature === `v1,${createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64')}`;
    };
    this.taken.push({ id: id ?? '', body, signed });
    return 204;
  }
}
