import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

/** A way to a database that a test can cut or freeze, while the database itself goes on. */
export class DatabaseLink {
  private readonly sockets = new Set<Socket>();
  private silent = false;
  private server: Server | undefined;

  private constructor(
    private readonly target: URL,
    private readonly port: number,
  ) {}

  static async to(databaseUrl: string): Promise<DatabaseLink> {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const { port } = probe.address() as AddressInfo; // a TCP server's address is one
    await new Promise((closed) => probe.close(closed));
    const link = new DatabaseLink(new URL(databaseUrl), port);
    await link.restore();
    return link;
  }

  get url(): string {
    const { username, password, pathname } = this.target;
    return `postgres://${username}:${password}@127.0.0.1:${this.port}${pathname}`;
  }

  /** Resets the connections and refuses new ones. */
  async cut(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    for (const socket of this.sockets) socket.destroy();
    if (server !== undefined) await new Promise((closed) => server.close(closed));
  }

  /** Lets nothing through any more and refuses nothing. */
  freeze(): void {
    this.silent = true;
    for (const socket of this.sockets) socket.pause();
  }

  async restore(): Promise<void> {
    this.silent = false;
    for (const socket of this.sockets) socket.resume();
    if (this.server !== undefined) return;
    this.server = createServer((socket) => this.join(socket));
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
  }

  private join(client: Socket): void {
    const { hostname, port } = this.target;
    const host = decodeURIComponent(hostname);
    const number = port === '' ? 5432 : Number(port);
    const database = host.startsWith('/') ? connect(join(host, `.s.PGSQL.${number}`)) : connect(number, host);
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const) {
      this.sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
      if (this.silent) one.pause();
    }
  }
}
