import type { X509Certificate } from 'node:crypto';
import { Redis } from 'ioredis';
import { certificateOfPeer } from '@voltbus/tls';
import { singleOptions, type RedisTls } from './redis-client';
import { parseRedisUrl } from './redis-url';

/** A node that has not answered within this time is given up. */
const ANSWER_MS = 3_000;

/** One node, as it shows itself. */
export interface InspectedRedis {
  /** `host:port`. */
  server: string;
  /** Null where the account may not ask. */
  version: string | null;
  role: string | null;
  /** `maxmemory-policy`; null where the account may not ask. */
  evictionPolicy: string | null;
  /** Milliseconds that its clock is ahead of ours, within half of the way there and back. */
  clockAheadMs: number;
  certificate: X509Certificate | null;
}

/** Asks each node that the URL names, once; a node that does not answer is an error. */
export function inspectRedis(url: string, tls: RedisTls | undefined, connectionName: string): Promise<(InspectedRedis | Error)[]> {
  const address = parseRedisUrl(url);
  return Promise.all(
    address.nodes.map(async (node) => {
      const server = `${node.host}:${node.port}`;
      const client = new Redis({
        ...singleOptions({ ...address, nodes: [node], cluster: false }, connectionName, tls),
        lazyConnect: true,
        retryStrategy: () => null,
        connectTimeout: ANSWER_MS,
        commandTimeout: ANSWER_MS,
      });
      let broken: Error | null = null;
      client.on('error', (error: Error) => (broken = error));
      try {
        await client.connect();
        return { server, ...(await inspect(client)) };
      } catch (error) {
        const cause = broken ?? error;
        return new Error(`${server}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      } finally {
        client.disconnect();
      }
    }),
  );
}

async function inspect(client: Redis): Promise<Omit<InspectedRedis, 'server'>> {
  const sentAt = Date.now();
  const [seconds, micros] = (await client.time()).map(Number);
  const receivedAt = Date.now();
  const info = await client.info().catch(() => '');
  const member = (name: string): string | null => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? null;
  return {
    version: member('redis_version'),
    role: member('role'),
    evictionPolicy: member('maxmemory_policy'),
    clockAheadMs: Math.round((seconds ?? 0) * 1_000 + (micros ?? 0) / 1_000 - (sentAt + receivedAt) / 2),
    certificate: certificateOfPeer(client.stream),
  };
}
