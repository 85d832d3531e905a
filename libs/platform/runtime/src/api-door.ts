import type { Server, ServerResponse } from 'node:http';

/**
 * The HTTP API's way out. From `leave` on every answer says `Connection: close`, so that clients go elsewhere with their next request, and whatever comes is
 * still served. `close` takes no new connection, lets those go that are idle, and waits for the answers that are owed.
 */
export class ApiDoor {
  private leaving = false;
  private readonly owed = new Set<ServerResponse>();

  constructor(private readonly server: Server) {
    server.prependListener('request', (_request, response) => this.serve(response));
  }

  leave(): void {
    this.leaving = true;
    for (const response of this.owed) sayClose(response);
  }

  /** Resolves when the last answer is out, or cuts what is left when the time is over. */
  async close(withinMs: number): Promise<void> {
    this.leave();
    if (!this.server.listening) return;
    const cut = setTimeout(() => this.server.closeAllConnections(), withinMs);
    await new Promise((closed) => this.server.close(closed));
    clearTimeout(cut);
  }

  private serve(response: ServerResponse): void {
    this.owed.add(response);
    if (this.leaving) sayClose(response);
    response.once('close', () => {
      this.owed.delete(response);
      // An event stream has said long ago that its connection would be kept.
      if (this.leaving && !this.server.listening) setImmediate(() => this.server.closeIdleConnections());
    });
  }
}

function sayClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
