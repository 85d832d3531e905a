import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { BodyServer } from './body-server';

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
  private readonly server = new BodyServer(({ headers }, body) => ({ status: this.take(headers, body.toString()) }));

  private constructor() {}

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await receiver.server.listen();
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.server.port}/`;
  }

  /** The settings with which Voltbus may send to it. */
  get env(): Record<string, string> {
    return { VOLTBUS_WEBHOOK_ALLOWED_ADDRESSES: '127.0.0.1', VOLTBUS_WEBHOOK_ALLOWED_PORTS: String(this.server.port) };
  }

  refuseNext(attempts: number): void {
    this.refusals = attempts;
  }

  close(): Promise<void> {
    return this.server.close();
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
