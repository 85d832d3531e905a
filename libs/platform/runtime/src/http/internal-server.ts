import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Health } from '../health/health';
import type { ServedMetrics } from '@voltbus/telemetry';

/** Serves health and metrics on a port of their own, which is never exposed to the outside. */
export class InternalServer {
  private readonly server: Server;

  constructor(
    private readonly health: Health,
    private readonly metrics: ServedMetrics,
  ) {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  /** Resolves with the port; 0 takes a free one. Rejects when the port is in use. */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
    return (this.server.address() as AddressInfo).port; // a TCP server's address is one
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    if (this.server.listening) await new Promise((closed) => this.server.close(closed));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = ''] = (request.url ?? '').split('?', 1);
    switch (path) {
      case '/live':
        return json(response, 200, { live: true });
      case '/ready': {
        const reasons = await this.health.reasons();
        return json(response, reasons.length === 0 ? 200 : 503, { ready: reasons.length === 0, reasons });
      }
      case '/metrics':
        return this.metrics.serve(request, response);
      default:
        return json(response, 404, { paths: ['/live', '/ready', '/metrics'] });
    }
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
