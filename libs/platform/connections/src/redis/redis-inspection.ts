import type { X509Certificate } from 'node:crypto';
import type { Redis } from 'ioredis';
import { certificateOfPeer } from '@voltbus/tls';
import type { RedisTls } from './redis-client';
import { visitNodes } from './redis-visit';

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
  return visitNodes(url, tls, connectionName, async ({ server, client, errors }) => {
    try {
      await client.connect();
      return { server, ...(await inspect(client)) };
    } catch (error) {
      const cause = errors.at(-1) ?? error;
      return new Error(`${server}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  });
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
