import { Redis } from 'ioredis';
import { singleOptions, type RedisTls } from './redis-client';
import { parseRedisUrl, type RedisAddress } from './redis-url';

/** A server that has taken the connection answers within this time, or it is taken for one of another kind. */
export const ANSWER_MS = 3_000;

/** One node, and a client that has not connected to it yet. */
export interface RedisVisit {
  /** `host:port`. */
  server: string;
  /** Of this node alone. */
  address: RedisAddress;
  client: Redis;
  /** What went wrong with the connection, which says more than the rejection of a command. */
  errors: readonly unknown[];
}

/** Visits each node that the URL names, with a client that connects at most once and is closed afterwards. */
export function visitNodes<T>(
  url: string,
  tls: RedisTls | undefined,
  connectionName: string,
  visit: (node: RedisVisit) => Promise<T>,
): Promise<T[]> {
  const all = parseRedisUrl(url);
  return Promise.all(
    all.nodes.map(async (node) => {
      const address = { ...all, nodes: [node], cluster: false };
      const client = new Redis({
        ...singleOptions(address, connectionName, tls),
        lazyConnect: true,
        retryStrategy: () => null,
        connectTimeout: ANSWER_MS,
        commandTimeout: ANSWER_MS,
      });
      const errors: unknown[] = [];
      client.on('error', (error) => errors.push(error));
      try {
        return await visit({ server: `${node.host}:${node.port}`, address, client, errors });
      } finally {
        client.disconnect();
      }
    }),
  );
}
