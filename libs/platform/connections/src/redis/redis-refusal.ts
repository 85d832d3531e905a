import { connect } from 'node:net';
import { handshakeRefusal, tlsRefusal, type Refusal } from '@voltbus/tls';
import { LEASE_TTL_MS } from '../port';
import { tlsOptions, type RedisTls } from './redis-client';
import { LEASES } from './redis-scripts';
import type { RedisAddress } from './redis-url';
import { ANSWER_MS, visitNodes, type RedisVisit } from './redis-visit';

/** Answers of a server that does not know us, or does not let us do what we need. */
const CREDENTIALS = /^(WRONGPASS|NOAUTH)\b|^ERR (AUTH|Client sent AUTH)|invalid password/;
const RIGHTS = /^NOPERM\b|user executing the script can't/;
/** Answers of a server that has let us in. */
const LET_IN = /^(MOVED|ASK|LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|OOM|BUSY)\b/;
const CLOSED = 'it closes the connection, or does not answer';

/**
 * Connects once to each node that the URL names. Returns the reason why one does not let us in; null where all do, or are away: waiting helps then.
 */
export async function redisRefusal(url: string, tls: RedisTls | undefined, connectionName: string): Promise<Refusal | null> {
  const refusals = await visitNodes(url, tls, connectionName, (node) => refusalAt(node, tls));
  return refusals.find((one) => one !== null && one.kind !== 'closed') ?? refusals.find((one) => one !== null) ?? null;
}

async function refusalAt({ client, server, address, errors }: RedisVisit, tls: RedisTls | undefined): Promise<Refusal | null> {
  try {
    await client.connect();
    await client.eval(LEASES, 1, 'csms:gw', LEASE_TTL_MS); // what an account may do is told by its use
    return null;
  } catch (error) {
    const letIn = LET_IN.test(messageOf(error));
    return letIn ? null : (refusalOf(server, [...errors, error]) ?? closedOrAway(server, address, tls));
  }
}

function refusalOf(server: string, errors: readonly unknown[]): Refusal | null {
  for (const error of errors) {
    const tls = tlsRefusal(server, error);
    if (tls !== null) return tls;
    const message = messageOf(error);
    if (CREDENTIALS.test(message)) return { kind: 'credentials', server, reason: message };
    if (RIGHTS.test(message)) return { kind: 'rights', server, reason: message };
  }
  return null;
}

/** "Ready check failed: NOAUTH ..." is ioredis's. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^Ready check failed: /, '') : String(error);
}

/** Null where there is no server at all; a server that closes the connection is of another kind, or says why in the handshake. */
async function closedOrAway(server: string, address: RedisAddress, tls: RedisTls | undefined): Promise<Refusal | null> {
  if (!(await accepts(address.nodes))) return null;
  const options = { ...tlsOptions(tls), ...address.nodes[0] };
  return (address.tls ? await handshakeRefusal(server, options) : null) ?? { kind: 'closed', server, reason: CLOSED };
}

function accepts([node]: RedisAddress['nodes']): Promise<boolean> {
  return new Promise((told) => {
    const socket = connect({ ...node, port: node?.port ?? 0, timeout: ANSWER_MS });
    const tell = (accepted: boolean) => () => {
      socket.destroy();
      told(accepted);
    };
    socket.once('connect', tell(true)).once('error', tell(false)).once('timeout', tell(false));
  });
}
