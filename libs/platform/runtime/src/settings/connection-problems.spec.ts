import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestCertificate } from '@voltbus/testing';
import { ConfigError, readSettings } from './read-settings';

let folder: string;
const files: Record<string, string> = {};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voltbus-connections-'));
  const root = await TestCertificate.root('CA');
  const [leaf, other] = await Promise.all([root.leaf('client'), root.leaf('other')]);
  const texts = { ca: root.pem, cert: leaf.pem, key: leaf.keyPem, otherKey: other.keyPem, text: 'hello', provider: 'module.exports = 1;' };
  for (const [name, text] of Object.entries(texts)) writeFileSync((files[name] = join(folder, name)), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** By their names without the prefix; a value that begins with a colon is one of the files. */
function environment(given: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [`VOLTBUS_${name}`, value.startsWith(':') ? (files[value.slice(1)] ?? '') : value]),
  );
}
function problems(given: Record<string, string>): readonly string[] {
  try {
    readSettings(environment(given), 'standalone', 'standalone');
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const KAFKA = { KAFKA_BROKERS: 'k:9093' };
const TLS = { ...KAFKA, KAFKA_TLS: 'true' };
const USER = { KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'p' };
const PAIR = { KAFKA_TLS_CERT_FILE: ':cert', KAFKA_TLS_KEY_FILE: ':key' };
const REDIS = { REDIS_URL: 'rediss://u:p@r:6379' };

describe('how Kafka and Redis are reached', () => {
  it.each<[string, Record<string, string>]>([
    ['TLS with public CAs', TLS],
    ['TLS with everything', { ...TLS, ...PAIR, KAFKA_TLS_CA_FILE: ':ca', KAFKA_TLS_SERVER_NAME: 'kafka.example' }],
    ['SASL without TLS', { ...KAFKA, ...USER, KAFKA_SASL_MECHANISM: 'scram-sha-256' }],
    ['a mechanism as Kafka writes it', { ...TLS, ...USER, KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512' }],
    [
      'a user and a password from files',
      { ...TLS, KAFKA_SASL_USERNAME_FILE: ':text', KAFKA_SASL_PASSWORD_FILE: ':text', KAFKA_SASL_MECHANISM: 'plain' },
    ],
    ['tokens', { ...TLS, KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_TOKEN_PROVIDER: ':provider' }],
    ['no TLS, said so', { KAFKA_TLS: 'false' }],
    [
      'Redis with everything',
      { ...REDIS, REDIS_TLS_CA_FILE: ':ca', REDIS_TLS_CERT_FILE: ':cert', REDIS_TLS_KEY_FILE: ':key', REDIS_TLS_SERVER_NAME: 'redis' },
    ],
  ])('is accepted with %s', (_, given) => expect(problems(given)).toEqual([]));

  it.each<[string, Record<string, string>, RegExp[]]>([
    ['TLS without brokers', { KAFKA_TLS: 'true' }, [/^VOLTBUS_KAFKA_TLS: is of no use without VOLTBUS_KAFKA_BROKERS$/]],
    [
      'a CA without TLS',
      { ...KAFKA, KAFKA_TLS_CA_FILE: ':ca' },
      [/^VOLTBUS_KAFKA_TLS_CA_FILE: is of no use without VOLTBUS_KAFKA_TLS=true$/],
    ],
    ['a CA with TLS off', { ...TLS, KAFKA_TLS: 'no', KAFKA_TLS_CA_FILE: ':ca' }, [/^VOLTBUS_KAFKA_TLS_CA_FILE: is of no use/]],
    ['no boolean', { ...KAFKA, KAFKA_TLS: 'perhaps' }, [/^VOLTBUS_KAFKA_TLS: must be true or false$/]],
    [
      'a certificate without its key',
      { ...TLS, KAFKA_TLS_CERT_FILE: ':cert' },
      [/^VOLTBUS_KAFKA_TLS_CERT_FILE: is of no use without VOLTBUS_KAFKA_TLS_KEY_FILE$/],
    ],
    ['a key without its certificate', { ...TLS, KAFKA_TLS_KEY_FILE: ':key' }, [/^VOLTBUS_KAFKA_TLS_KEY_FILE: is of no use without/]],
    [
      'the key of another certificate',
      { ...TLS, ...PAIR, KAFKA_TLS_KEY_FILE: ':otherKey' },
      [/^VOLTBUS_KAFKA_TLS_KEY_FILE: is the key of another/],
    ],
    ['a CA that cannot be read', { ...TLS, KAFKA_TLS_CA_FILE: '/no/such' }, [/^VOLTBUS_KAFKA_TLS_CA_FILE: .*ENOENT.*\/no\/such/]],
    ['a CA that is none', { ...TLS, KAFKA_TLS_CA_FILE: ':text' }, [/^VOLTBUS_KAFKA_TLS_CA_FILE: holds no certificate/]],
    ['an address for a name', { ...TLS, KAFKA_TLS_SERVER_NAME: '10.0.0.1' }, [/^VOLTBUS_KAFKA_TLS_SERVER_NAME: must be a host name$/]],
    ['an unknown mechanism', { ...TLS, ...USER, KAFKA_SASL_MECHANISM: 'gssapi' }, [/^VOLTBUS_KAFKA_SASL_MECHANISM: .*scram-sha-512/]],
    [
      'a password without a user',
      { ...TLS, KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PASSWORD: 'p' },
      [/^VOLTBUS_KAFKA_SASL_USERNAME is required for plain$/],
    ],
    [
      'a user without a mechanism',
      { ...TLS, ...USER },
      [/^VOLTBUS_KAFKA_SASL_USERNAME: .*MECHANISM$/, /^VOLTBUS_KAFKA_SASL_PASSWORD: .*MECHANISM$/],
    ],
    [
      'tokens without a provider',
      { ...TLS, KAFKA_SASL_MECHANISM: 'oauthbearer' },
      [/^VOLTBUS_KAFKA_TOKEN_PROVIDER is required for oauthbearer$/],
    ],
    [
      'tokens and a password',
      { ...TLS, KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_TOKEN_PROVIDER: ':provider', KAFKA_SASL_PASSWORD: 'p' },
      [/^VOLTBUS_KAFKA_SASL_PASSWORD: is of no use/],
    ],
    [
      'a provider that is not there',
      { ...TLS, KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_TOKEN_PROVIDER: '/no/such' },
      [/^VOLTBUS_KAFKA_TOKEN_PROVIDER: .*ENOENT/],
    ],
    [
      'a provider for a password',
      { ...TLS, ...USER, KAFKA_SASL_MECHANISM: 'plain', KAFKA_TOKEN_PROVIDER: ':provider' },
      [/^VOLTBUS_KAFKA_TOKEN_PROVIDER: is of no use without oauthbearer/],
    ],
    [
      'a CA of Redis and a plain URL',
      { REDIS_URL: 'redis://r', REDIS_TLS_CA_FILE: ':ca' },
      [/^VOLTBUS_REDIS_TLS_CA_FILE: is of no use without a rediss:\/\/ URL/],
    ],
    [
      'a key of Redis alone',
      { ...REDIS, REDIS_TLS_KEY_FILE: ':key' },
      [/^VOLTBUS_REDIS_TLS_KEY_FILE: is of no use without VOLTBUS_REDIS_TLS_CERT_FILE$/],
    ],
  ])('is refused with %s', (_, given, expected) => {
    expect(problems(given)).toEqual(expected.map((one) => expect.stringMatching(one) as string));
  });

  it('is refused for everything at once, with what else is wrong, and shows no password', () => {
    const all = problems({
      ...{ ...KAFKA, OCPP_PORT: 'x', KAFKA_TLS_CERT_FILE: ':text', KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PASSWORD: 'hunter2' },
      ...{ REDIS_URL: 'redis://r', REDIS_TLS_SERVER_NAME: 'r', DATABASE_URL: 'postgres://u:p@h/d?sslmode=verify-ca' },
    });
    for (const name of ['OCPP_PORT', 'KAFKA_TLS_CERT_FILE', 'KAFKA_SASL_USERNAME', 'REDIS_TLS_SERVER_NAME', 'DATABASE_URL'])
      expect(all).toContainEqual(expect.stringContaining(`VOLTBUS_${name}`));
    expect(all.join()).not.toContain('hunter2');
  });
});
