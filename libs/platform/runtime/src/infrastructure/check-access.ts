import { setTimeout as pause } from 'node:timers/promises';
import { kafkaRefusal } from '@voltbus/bus';
import { redisRefusal } from '@voltbus/connections';
import { databaseRefusal } from '@voltbus/database';
import type { Refusal, RefusalKind } from '@voltbus/tls';
import type { Logger } from '@voltbus/telemetry';
import { ConfigError } from '../settings/read-settings';
import type { Settings } from '../settings/settings';
import { kafkaAccessOf, redisTlsOf } from './access-of-settings';

/** A server that closes connections may be starting, or a proxy that has none behind it: only after so long it is taken for one that does not want us. */
const CLOSED_FOR_MS = 10_000;
const AGAIN_MS = 1_000;

/** What to change, by the kind of the refusal. */
type Hints = Readonly<Record<RefusalKind, string>>;

const KAFKA: Hints = {
  ca: 'VOLTBUS_KAFKA_TLS_CA_FILE must hold the CA of the brokers',
  name: 'name them in VOLTBUS_KAFKA_BROKERS as their certificates do, or give VOLTBUS_KAFKA_TLS_SERVER_NAME',
  'no-tls': 'name a listener with TLS, or leave out VOLTBUS_KAFKA_TLS',
  tls: 'VOLTBUS_KAFKA_TLS=true',
  'client-certificate': 'VOLTBUS_KAFKA_TLS_CERT_FILE and VOLTBUS_KAFKA_TLS_KEY_FILE must be of a certificate that the brokers trust',
  credentials: 'see VOLTBUS_KAFKA_SASL_MECHANISM, VOLTBUS_KAFKA_SASL_USERNAME and VOLTBUS_KAFKA_SASL_PASSWORD',
  rights: 'give the user the rights of docs/reference/topics.md',
  token: 'see VOLTBUS_KAFKA_TOKEN_PROVIDER',
  closed: 'does this listener want TLS (VOLTBUS_KAFKA_TLS), SASL (VOLTBUS_KAFKA_SASL_MECHANISM), or none of them?',
};
const REDIS: Hints = {
  ca: 'VOLTBUS_REDIS_TLS_CA_FILE must hold the CA of Redis',
  name: 'name it in VOLTBUS_REDIS_URL as its certificate does, or give VOLTBUS_REDIS_TLS_SERVER_NAME',
  'no-tls': 'name a port with TLS, or begin VOLTBUS_REDIS_URL with redis://',
  tls: 'begin VOLTBUS_REDIS_URL with rediss://',
  'client-certificate': 'VOLTBUS_REDIS_TLS_CERT_FILE and VOLTBUS_REDIS_TLS_KEY_FILE must be of a certificate that Redis trusts',
  credentials: 'see the user name and the password in VOLTBUS_REDIS_URL',
  rights: 'give the user the rights of docs/how-to/secure-connections.md',
  token: '',
  closed: 'does this port want TLS (rediss:// in VOLTBUS_REDIS_URL), or none?',
};
const POSTGRES: Hints = {
  ca: 'sslrootcert in VOLTBUS_DATABASE_URL must hold the CA of Postgres',
  name: 'name it in VOLTBUS_DATABASE_URL as its certificate does, or take sslmode=verify-ca',
  'no-tls': 'switch on TLS there (ssl = on), or leave out sslmode in VOLTBUS_DATABASE_URL',
  tls: 'give sslmode in VOLTBUS_DATABASE_URL',
  'client-certificate': 'sslcert and sslkey in VOLTBUS_DATABASE_URL must be of a certificate that Postgres trusts',
  credentials: 'see the user name, the password and the certificate in VOLTBUS_DATABASE_URL',
  rights: 'see the database in VOLTBUS_DATABASE_URL, and the rights of its user',
  token: '',
  closed: 'is this a Postgres?',
};

/**
 * Connects once to the Kafka, Redis and Postgres that the settings name. Throws `ConfigError` with everything that one of them refuses us for, because no
 * waiting helps there; a server that is away is none of it.
 */
export async function checkAccess(
  name: string,
  settings: Settings,
  logger: Pick<Logger, 'warn'>,
  closedForMs = CLOSED_FOR_MS,
): Promise<void> {
  const { KAFKA_BROKERS: brokers, REDIS_URL: redis, DATABASE_URL: database } = settings;
  const client = `voltbus-${name}`;
  const asking: [string, Hints, () => Promise<Refusal | null>][] = [];
  if (brokers !== undefined) {
    const access = kafkaAccessOf(settings);
    asking.push(['Kafka', KAFKA, () => kafkaRefusal(brokers, access, client)]);
  }
  if (redis !== undefined) asking.push(['Redis', REDIS, () => redisRefusal(redis, redisTlsOf(settings), client)]);
  if (database !== '') asking.push(['Postgres', POSTGRES, () => databaseRefusal(database, client)]);
  const end = performance.now() + closedForMs;
  const problems = await Promise.all(
    asking.map(async ([what, hints, ask]) => {
      const refusal = await insist(ask, end, ({ server, reason }) =>
        logger.warn({ server, reason }, `${what} lets nobody in: trying again`),
      );
      return refusal === null ? [] : [`${what} at ${refusal.server}: ${refusal.reason}: ${hints[refusal.kind]}`];
    }),
  );
  if (problems.flat().length > 0) throw new ConfigError(problems.flat());
}

/** Asks again, until the time is over, where that may change the answer. */
async function insist(ask: () => Promise<Refusal | null>, end: number, waiting: (refusal: Refusal) => void): Promise<Refusal | null> {
  for (let logged = false; ; logged = true) {
    const refusal = await ask();
    const mayPass = refusal?.kind === 'closed' || refusal?.kind === 'token';
    if (!mayPass || performance.now() > end) return refusal;
    if (!logged) waiting(refusal);
    await pause(AGAIN_MS);
  }
}
