import type { Server, ServerResponse } from 'node:http';

/**
 * Stops an HTTP server without losing an answer. From `drain` on every answer has `Connection: close`, so that clients connect elsewhere for their next
 * request, and new requests are still served. `close` accepts no new connection, closes idle ones, and waits for the open requests.
 */
export class GracefulHttpServer {
  private draining = false;
  private readonly unanswered = new Set<ServerResponse>();

  constructor(private readonly server: Server) {
    server.prependListener('request', (_request, response) => this.onRequest(response));
  }

  drain(): void {
    this.draining = true;
    for (const response of this.unanswered) closeAfter(response);
  }

  /** Resolves when the last answer is sent, or when the time is over and the remaining connections are cut. */
  async close(withinMs: number): Promise<void> {
    this.drain();
    if (!this.server.listening) return;
    const cut = setTimeout(() => this.server.closeAllConnections(), withinMs);
    await new Promise((closed) => this.server.close(closed));
    clearTimeout(cut);
  }

  private onRequest(response: ServerResponse): void {
    this.unanswered.add(response);
    if (this.draining) closeAfter(response);
    response.once('close', () => {
      this.unanswered.delete(response);
      // the headers of an event stream were sent before the drain, so its connection does not close by itself
      if (this.draining && !this.server.listening) setImmediate(() => this.server.closeIdleConnections());
    });
  }
}

function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
