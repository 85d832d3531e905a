import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { TlsFiles } from '@voltbus/tls';
import { ACQUIRE, ASSERT, LEASES, RELEASE, RENEW_LEASE, TAKE_BUCKET } from './redis-scripts';
import type { RedisAddress } from './redis-url';

/** What a `rediss` URL needs beside it. */
export interface RedisTls {
  files: TlsFiles;
  /** The name that the server's certificate must have, where it is not the one it is reached by. */
  serverName?: string | undefined;
}

type Reply = Promise<(string | null)[]>;

/** What `defineCommand` adds to a client: EVALSHA, with EVAL where the server does not know the script yet. */
interface ScriptCommands {
  csmsAcquire(key: string, inst: string, bucket: number, protocol: string, seen: number, ttlMs: number): Reply;
  csmsAssert(key: string, inst: string, bucket: number, protocol: string, seen: number, ttlMs: number, epoch: number): Promise<string>;
  csmsRelease(key: string, epoch: number, ttlMs: number): Promise<number>;
  csmsTakeBucket(key: string, inst: string, buckets: number, ttlMs: number, prefer: number | ''): Promise<string>;
  csmsRenewLease(key: string, inst: string, bucket: number, ttlMs: number): Promise<number>;
  csmsLeases(key: string, ttlMs: number): Promise<string[]>;
}

export type RedisClient = (Redis | Cluster) & ScriptCommands;

/** Longest wait between two attempts to connect, milliseconds; attempts never end. */
const MAX_BACKOFF_MS = 2_000;
/** A peer that is gone is found on an idle connection after this, and the ten seconds of Node's probes. */
const KEEP_ALIVE_MS = 10_000;
/** The time for a connection to quit gracefully; then it is destroyed, and a new one is made. */
const GOODBYE_MS = 200;
const CONNECT_TIMEOUT_MS = 2_000;

const SCRIPTS = {
  csmsAcquire: ACQUIRE,
  csmsAssert: ASSERT,
  csmsRelease: RELEASE,
  csmsTakeBucket: TAKE_BUCKET,
  csmsRenewLease: RENEW_LEASE,
  csmsLeases: LEASES,
};

export function connectRedis(address: RedisAddress, connectionName: string, tls?: RedisTls): RedisClient {
  const client = address.cluster ? connectCluster(address, connectionName, tls) : new Redis(singleOptions(address, connectionName, tls));
  for (const [name, lua] of Object.entries(SCRIPTS)) client.defineCommand(name, { numberOfKeys: 1, lua });
  return client as RedisClient; // defineCommand's additions are invisible to the types
}

/** Auto-pipelining: commands of one turn leave together (per node, in a cluster), which costs Redis a fraction of the CPU in a reconnect storm. */
export function singleOptions(address: RedisAddress, connectionName: string, tls?: RedisTls): RedisOptions {
  return {
    ...nodeOptions(address, connectionName, tls),
    ...address.nodes[0],
    db: address.db,
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    retryStrategy: backOff,
  };
}

function nodeOptions({ username, password, tls: secured }: RedisAddress, connectionName: string, tls?: RedisTls): RedisOptions {
  return {
    username,
    password,
    connectionName,
    ...(secured ? { tls: tlsOptions(tls) } : {}),
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: GOODBYE_MS,
    keepAlive: KEEP_ALIVE_MS,
    // A command cut off by a lost connection fails and is not sent again: who asked has gone on without it.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
  };
}

/** ioredis copies these at each connect, so that a getter gives each connection the certificates as they are on disk by then. */
export function tlsOptions(tls: RedisTls | undefined): NonNullable<RedisOptions['tls']> {
  if (tls === undefined) return {};
  return {
    get secureContext() {
      return tls.files.secureContext();
    },
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  };
}

function connectCluster(address: RedisAddress, connectionName: string, tls?: RedisTls): Cluster {
  return new Cluster(address.nodes, {
    redisOptions: nodeOptions(address, connectionName, tls),
    // With TLS a node keeps its name, which its certificate is for, instead of the address that the name leads to.
    ...(address.tls ? { dnsLookup: (name: string, found: (error: null, address: string) => void) => found(null, name) } : {}),
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: backOff,
    slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
  });
}

function backOff(attempt: number): number {
  return Math.min(MAX_BACKOFF_MS, 50 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2);
}
