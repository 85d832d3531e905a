import { noopTelemetry } from '@voltbus/telemetry';
import { handshakeRefusal, tlsRefusal, type Refusal } from '@voltbus/tls';
import { tlsOptions, type KafkaAccess } from './kafka-access';
import { kafkaClient } from './kafka-client';
import { TokenUnavailable } from './oauthbearer';

/** Broker answers that say who we are, or how we say it, is not accepted. */
const CREDENTIALS: ReadonlySet<string> = new Set(['SASL_AUTHENTICATION_FAILED', 'UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE']);
const HUNG_UP: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);
/** Brokers of a large cluster have certificates by one rule: so many are tried, beyond those that are named. */
const MOST_ADVERTISED = 10;

/**
 * Connects once to each broker that is named, and to those that they advertise. Returns the reason why one does not let us in; null where all do, or are
 * away: waiting helps then, or another broker serves.
 */
export async function kafkaRefusal(brokers: readonly string[], access: KafkaAccess, clientId: string): Promise<Refusal | null> {
  const named = await Promise.all(brokers.map((broker) => visit(broker, access, clientId)));
  const others = [...new Set(named.flatMap(({ advertised }) => advertised))].filter((broker) => !brokers.includes(broker));
  const advertised = await Promise.all(others.slice(0, MOST_ADVERTISED).map((broker) => visit(broker, access, clientId)));
  const refusals = [...named, ...advertised].flatMap(({ refusal }) => refusal ?? []);
  const lasting = refusals.find(({ kind }) => kind !== 'closed' && kind !== 'token');
  const anyLetsIn = named.some((one) => one.advertised.length > 0);
  return lasting ?? (anyLetsIn ? null : (refusals[0] ?? null));
}

/** The brokers that this one names, or why it does not let us in; neither: it is away. */
async function visit(broker: string, access: KafkaAccess, clientId: string): Promise<{ advertised: string[]; refusal: Refusal | null }> {
  const { logger } = noopTelemetry; // the refusal is told by the caller
  const admin = kafkaClient({ brokers: [broker], clientId, logger, access, retry: { retries: 0 } }).admin();
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    return { advertised: cluster.brokers.map(({ host, port }) => `${host}:${port}`), refusal: null };
  } catch (error) {
    const refusal = refusalOf(broker, error);
    return { advertised: [], refusal: refusal?.kind === 'closed' ? await explained(refusal, access) : refusal };
  } finally {
    await admin.disconnect().catch(() => undefined); // whatever became of it
  }
}

async function explained(closed: Refusal, { tls }: KafkaAccess): Promise<Refusal> {
  const [, host = '', port] = /^(.*):(\d+)$/.exec(closed.server) ?? [];
  return (tls === undefined ? null : await handshakeRefusal(closed.server, tlsOptions(tls, host, Number(port)))) ?? closed;
}

function refusalOf(server: string, error: unknown): Refusal | null {
  const tls = tlsRefusal(server, error);
  if (tls !== null) return tls;
  for (let at = error; at instanceof Error; at = at.cause) {
    const { name, message } = at;
    const { type, code } = at as { type?: unknown; code?: unknown };
    if (at instanceof TokenUnavailable) return { kind: 'token', server, reason: message };
    if (name === 'KafkaJSSASLAuthenticationError' || CREDENTIALS.has(String(type))) return { kind: 'credentials', server, reason: message };
    if (name === 'KafkaJSConnectionClosedError' || HUNG_UP.has(String(code)) || /closed by the server|Not connected/.test(message))
      return { kind: 'closed', server, reason: 'it closes the connection' };
  }
  return null;
}

/** True when the brokers know who we are, and do not let us do what was asked. */
export function lacksKafkaRights(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { type, cause, errors } = error as { type?: unknown; cause?: unknown; errors?: unknown };
  if (typeof type === 'string' && type.endsWith('_AUTHORIZATION_FAILED')) return true;
  return lacksKafkaRights(cause) || (Array.isArray(errors) && errors.some(lacksKafkaRights)); // of several topics
}
