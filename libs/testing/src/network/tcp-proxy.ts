import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type NetConnectOpts, type Server, type Socket } from 'node:net';

interface Link {
  client: Socket;
  server: Socket;
  silent: boolean;
}

/** An address before a real server, whose network can be made to fail as networks do. */
export class TcpProxy {
  private readonly links = new Set<Link>();
  /** Number of connections made so far. */
  accepted = 0;

  private constructor(
    private readonly listener: Server,
    private target: NetConnectOpts,
  ) {
    listener.on('connection', (client) => this.join(client));
  }

  static async start(target: NetConnectOpts): Promise<TcpProxy> {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new TcpProxy(listener, target);
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port; // it listens on a port
  }

  /** Connections that are open and not silent. */
  get alive(): number {
    return [...this.links].filter(({ silent }) => !silent).length;
  }

  /** Swallows the bytes and the ends of both sides of all open connections. New connections work. */
  silence(): void {
    for (const link of this.links) link.silent = true;
  }

  /** The name moves: new connections go elsewhere, open ones stay where they are. */
  move(target: NetConnectOpts): void {
    this.target = target;
  }

  async stop(): Promise<void> {
    const closed = once(this.listener, 'close');
    this.listener.close();
    for (const { client, server } of this.links) [client, server].forEach((socket) => socket.destroy());
    await closed;
  }

  private join(client: Socket): void {
    this.accepted++;
    const link: Link = { client, server: connect(this.target), silent: false };
    this.links.add(link);
    this.carry(link, link.client, link.server);
    this.carry(link, link.server, link.client);
  }

  private carry(link: Link, from: Socket, to: Socket): void {
    from.on('data', (bytes) => void (link.silent || to.write(bytes)));
    from.on('error', () => undefined); // 'close' follows
    from.on('close', () => {
      if (link.silent) return;
      to.destroy();
      this.links.delete(link);
    });
  }
}

/** A proxy before the Postgres of a URL, whose host may be a socket's folder, and the URL that goes through it. */
export async function postgresProxy(url: string): Promise<{ proxy: TcpProxy; url: string }> {
  const place = /@([^@/:]+)(?::(\d+))?\//.exec(url); // not by `URL`, which writes a folder's name its own way
  if (place === null) throw new Error('a database URL without a host');
  const [whole, encoded = '', port = '5432'] = place;
  const host = decodeURIComponent(encoded);
  const proxy = await TcpProxy.start(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port: Number(port) });
  return { proxy, url: url.replace(whole, `@127.0.0.1:${proxy.port}/`) };
}
