import { z } from 'zod';

const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const;

const pemFile = (what: string) => z.string().optional().describe(`File (PEM) ${what}; read again for each new connection`);
/** A name and no address: RFC 6066 has no addresses in SNI. */
const serverName = (what: string) =>
  z
    .string()
    .regex(/^(?=.*[a-z])[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i, 'must be a host name')
    .optional()
    .describe(`Name that the certificate of ${what} must have, where it is not the host it is reached by; sent as SNI`);

/** How Kafka and Redis are reached over TLS, and as whom. Postgres has all of that in its URL; requests are limited there to their tenant. */
export const connectionSettings = {
  ROW_SECURITY: z
    .enum(['preferred', 'required', 'off'])
    .default('preferred')
    .describe(
      'Whether Postgres limits each request to the rows of its tenant: preferred where it can (the user owns the database), required or the process does not start, off not at all (docs/how-to/secure-connections.md)',
    ),
  KAFKA_TLS: z
    .stringbool({ error: 'must be true or false' })
    .default(false)
    .describe('TLS to the brokers (docs/how-to/secure-connections.md)'),
  KAFKA_TLS_CA_FILE: pemFile("of the CAs that the brokers' certificates come from; absent: public CAs"),
  KAFKA_TLS_CERT_FILE: pemFile('of the client certificate, with its chain, where the brokers want one'),
  KAFKA_TLS_KEY_FILE: pemFile('of the private key of that certificate, without a passphrase'),
  KAFKA_TLS_SERVER_NAME: serverName('the brokers'),
  KAFKA_SASL_MECHANISM: z
    .string()
    .toLowerCase()
    .pipe(z.enum(SASL_MECHANISMS))
    .optional()
    .describe('SASL mechanism; absent: the brokers want no SASL')
    .meta({ values: SASL_MECHANISMS.map((one) => `\`${one}\``).join(', ') }),
  KAFKA_SASL_USERNAME: z.string().optional().describe('User name for `plain` and `scram-sha-...`'),
  KAFKA_SASL_PASSWORD: z.string().optional().describe('Password of that user'),
  KAFKA_TOKEN_PROVIDER: z
    .string()
    .optional()
    .describe(
      'Module (file) whose default export makes tokens for `oauthbearer`, for AWS MSK IAM for instance (docs/how-to/secure-connections.md)',
    ),
  REDIS_TLS_CA_FILE: pemFile("of the CAs that Redis's certificate comes from, for a `rediss` URL; absent: public CAs"),
  REDIS_TLS_CERT_FILE: pemFile('of the client certificate, with its chain, where Redis wants one'),
  REDIS_TLS_KEY_FILE: pemFile('of the private key of that certificate, without a passphrase'),
  REDIS_TLS_SERVER_NAME: serverName('Redis'),
};
