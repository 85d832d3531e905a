import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { KafkaAccess, KafkaTokenProvider } from '@voltbus/bus';
import type { RedisTls } from '@voltbus/connections';
import { TlsFiles } from '@voltbus/tls';
import { ConfigError, readSettings } from '../settings/read-settings';
import type { Settings } from '../settings/settings';

type SaslSettings = Pick<Settings, 'KAFKA_SASL_MECHANISM' | 'KAFKA_SASL_USERNAME' | 'KAFKA_SASL_PASSWORD' | 'KAFKA_TOKEN_PROVIDER'>;

/** How the settings say that Kafka is reached. Throws `ConfigError` when the token provider cannot be loaded. */
export function kafkaAccessOf(settings: Settings): KafkaAccess {
  const { KAFKA_TLS, KAFKA_TLS_CA_FILE: ca, KAFKA_TLS_CERT_FILE: cert, KAFKA_TLS_KEY_FILE: key, KAFKA_TLS_SERVER_NAME } = settings;
  const sasl = saslOf(settings);
  return {
    ...(KAFKA_TLS ? { tls: { files: new TlsFiles({ ca, cert, key }), serverName: KAFKA_TLS_SERVER_NAME } } : {}),
    ...(sasl === undefined ? {} : { sasl }),
  };
}

/** How a command's `--kafka` is reached: as the environment says for the processes. */
export function kafkaAccessOfEnvironment(brokers: string): KafkaAccess {
  return kafkaAccessOf(readSettings({ ...process.env, VOLTBUS_KAFKA_BROKERS: brokers }, 'standalone', 'standalone'));
}

/** The certificates for a `rediss` URL. */
export function redisTlsOf(settings: Settings): RedisTls | undefined {
  const {
    REDIS_URL,
    REDIS_TLS_CA_FILE: ca,
    REDIS_TLS_CERT_FILE: cert,
    REDIS_TLS_KEY_FILE: key,
    REDIS_TLS_SERVER_NAME: serverName,
  } = settings;
  return REDIS_URL?.startsWith('rediss://') === true ? { files: new TlsFiles({ ca, cert, key }), serverName } : undefined;
}

function saslOf({ KAFKA_SASL_MECHANISM: mechanism, ...given }: SaslSettings): KafkaAccess['sasl'] {
  if (mechanism === undefined) return undefined;
  if (mechanism === 'oauthbearer') return { mechanism, token: tokenProvider(given.KAFKA_TOKEN_PROVIDER ?? '') };
  return { mechanism, username: given.KAFKA_SASL_USERNAME ?? '', password: given.KAFKA_SASL_PASSWORD ?? '' };
}

/** By `require`, which loads ECMAScript modules too, where they have no top-level await. */
function tokenProvider(file: string): KafkaTokenProvider {
  const path = resolve(file);
  let loaded: unknown;
  try {
    loaded = createRequire(path)(path);
  } catch (error) {
    throw new ConfigError([
      `VOLTBUS_KAFKA_TOKEN_PROVIDER: ${file} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
  const provider = typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : loaded;
  if (typeof provider !== 'function')
    throw new ConfigError([`VOLTBUS_KAFKA_TOKEN_PROVIDER: ${file} has no function as its default export`]);
  return provider as KafkaTokenProvider; // what it returns is checked at each call
}
