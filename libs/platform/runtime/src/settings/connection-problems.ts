import { statSync } from 'node:fs';
import { tlsFileProblems } from '@voltbus/tls';
import { connectionSettings } from './connection-settings';

type Given = Readonly<Partial<Record<keyof typeof connectionSettings | 'KAFKA_BROKERS' | 'REDIS_URL', string>>>;
type Server = 'KAFKA' | 'REDIS';

const PREFIX = 'VOLTBUS_';
const KAFKA_NAMES = ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD', 'KAFKA_TOKEN_PROVIDER'] as const;
const TLS_NAMES = (server: Server) =>
  [`${server}_TLS_CA_FILE`, `${server}_TLS_CERT_FILE`, `${server}_TLS_KEY_FILE`, `${server}_TLS_SERVER_NAME`] as const;

/** Everything that does not fit together in how Kafka and Redis are reached; values that are wrong by themselves are the schema's to refuse. */
export function connectionProblems(given: Given): string[] {
  const kafkaTls = connectionSettings.KAFKA_TLS.safeParse(given.KAFKA_TLS).data === true;
  const redisTls = given.REDIS_URL?.startsWith('rediss://') === true;
  return [
    ...without(
      given,
      [...(kafkaTls ? (['KAFKA_TLS'] as const) : []), ...KAFKA_NAMES, ...TLS_NAMES('KAFKA')],
      given.KAFKA_BROKERS !== undefined,
      'VOLTBUS_KAFKA_BROKERS',
    ),
    ...without(given, TLS_NAMES('KAFKA'), kafkaTls, 'VOLTBUS_KAFKA_TLS=true'),
    ...without(given, TLS_NAMES('REDIS'), redisTls, 'a rediss:// URL in VOLTBUS_REDIS_URL'),
    ...certificateProblems(given, 'KAFKA'),
    ...certificateProblems(given, 'REDIS'),
    ...saslProblems(given),
  ];
}

/** The names that are given although what they belong to is not. */
function without(given: Given, names: readonly (keyof Given)[], there: boolean, what: string): string[] {
  return names.filter((name) => !there && given[name] !== undefined).map((name) => `${PREFIX}${name}: is of no use without ${what}`);
}

function certificateProblems(given: Given, server: Server): string[] {
  const [ca, cert, key] = [given[`${server}_TLS_CA_FILE`], given[`${server}_TLS_CERT_FILE`], given[`${server}_TLS_KEY_FILE`]];
  return [
    ...without(given, [`${server}_TLS_CERT_FILE`], key !== undefined, `${PREFIX}${server}_TLS_KEY_FILE`),
    ...without(given, [`${server}_TLS_KEY_FILE`], cert !== undefined, `${PREFIX}${server}_TLS_CERT_FILE`),
    ...tlsFileProblems({ ca, cert, key }).map(({ member, message }) => `${PREFIX}${server}_TLS_${member.toUpperCase()}_FILE: ${message}`),
  ];
}

function saslProblems(given: Given): string[] {
  const mechanism = given.KAFKA_SASL_MECHANISM?.toLowerCase();
  const credentials = ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const;
  if (mechanism === undefined) return without(given, KAFKA_NAMES, false, 'VOLTBUS_KAFKA_SASL_MECHANISM');
  if (mechanism === 'oauthbearer') {
    const unused = without(given, credentials, false, 'plain or scram-sha-... in VOLTBUS_KAFKA_SASL_MECHANISM');
    if (given.KAFKA_TOKEN_PROVIDER === undefined) return [...unused, 'VOLTBUS_KAFKA_TOKEN_PROVIDER is required for oauthbearer'];
    return [...unused, ...fileProblem('KAFKA_TOKEN_PROVIDER', given.KAFKA_TOKEN_PROVIDER)];
  }
  return [
    ...credentials.filter((name) => given[name] === undefined).map((name) => `${PREFIX}${name} is required for ${mechanism}`),
    ...without(given, ['KAFKA_TOKEN_PROVIDER'], false, 'oauthbearer in VOLTBUS_KAFKA_SASL_MECHANISM'),
  ];
}

function fileProblem(name: string, file: string): string[] {
  try {
    return statSync(file).isFile() ? [] : [`${PREFIX}${name}: ${file} is not a file`];
  } catch (error) {
    return [`${PREFIX}${name}: ${error instanceof Error ? error.message : String(error)}`];
  }
}
