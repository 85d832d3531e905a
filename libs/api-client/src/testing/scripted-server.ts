import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface ReceivedRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** How one request is answered. */
export type Script = (response: ServerResponse) => void;

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Script =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

export const problem = (status: number, code: string, headers: Record<string, string> = {}): Script =>
  json(status, { type: `/problems/${code}`, title: code, status, code, detail: `it is ${code}` }, { ...headers });

export const html =
  (status: number): Script =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'text/html' }).end('<html><h1>Proxy</h1></html>');

/** Ends the connection without an answer. */
export const cut: Script = (response) => void response.socket?.destroy();

/** A server that answers as told, whatever it is asked: the last script is used for all that follow. */
export class ScriptedServer {
  readonly received: ReceivedRequest[] = [];

  private constructor(
    private readonly server: Server,
    private readonly scripts: Script[],
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.answer(request, response));
  }

  static async start(...scripts: Script[]): Promise<ScriptedServer> {
    const server = createServer();
    const scripted = new ScriptedServer(server, scripts);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return scripted;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`; // it listens on a port
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    this.received.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
    const script = this.scripts.length > 1 ? this.scripts.shift() : this.scripts[0];
    script?.(response);
  }
}
