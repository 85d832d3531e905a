/** Where the registry is, and as whom to speak to it. */
export interface RedisAddress {
  nodes: { host: string; port: number }[];
  /** Several nodes, or `?cluster=true` for the one discovery address of a cluster. */
  cluster: boolean;
  tls: boolean;
  username: string | undefined;
  password: string | undefined;
  db: number;
}

const SHAPE = /^(rediss?):\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/(\d{1,3})?)?(?:\?cluster=(true|false))?$/;
const HOST = /^(\[[0-9a-f:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/i;

/**
 * `redis://[user:password@]host[:port][/db]`, or a cluster: `redis://[user:password@]host:port,host:port,...`. `rediss` for TLS.
 * User and password percent-encoded. Throws on anything else (and never shows the password).
 */
export function parseRedisUrl(url: string): RedisAddress {
  const [, scheme, login, hosts, db, cluster] = SHAPE.exec(url) ?? [];
  if (hosts === undefined) throw new TypeError('not of the form redis://[user:password@]host[:port][,host[:port]...][/db]');
  const nodes = hosts.split(',').map((text) => {
    const [, host, port = '6379'] = HOST.exec(text) ?? [];
    if (host === undefined || Number(port) > 65535) throw new TypeError(`not a host and port: ${text}`);
    return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
  });
  const isCluster = nodes.length > 1 || cluster === 'true';
  if (isCluster && db !== undefined && db !== '0') throw new TypeError('a cluster has only database 0');
  const colon = login?.indexOf(':') ?? -1;
  const part = (text: string | undefined) => (text ? decodeURIComponent(text) : undefined);
  return {
    nodes,
    cluster: isCluster,
    tls: scheme === 'rediss',
    username: part(colon < 0 ? login : login?.slice(0, colon)),
    password: colon < 0 ? undefined : part(login?.slice(colon + 1)),
    db: Number(db ?? 0),
  };
}
