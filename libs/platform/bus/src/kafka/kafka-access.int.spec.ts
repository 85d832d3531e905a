import { spawnSync } from 'node:child_process';
import { type Topic } from '@voltbus/contracts';
import { noopTelemetry } from '@voltbus/telemetry';
import { securedKafka, testPki, until, type SecuredKafka, type TestPki } from '@voltbus/testing';
import { TlsFiles, type TlsPaths } from '@voltbus/tls';
import type { KafkaAccess } from './kafka-access';
import { KafkaBus } from './kafka-bus';
import { kafkaRefusal, lacksKafkaRights } from './kafka-refusal';
import { readTopic } from './read-topic';

const PASSWORD = 'a password with ; and : in it';
/** A broker with certificates runs on this machine, and in no container. */
const hasJava = spawnSync('java', ['-version']).status === 0;

let pki: TestPki;
let kafka: SecuredKafka;

type Listener = 'TLS' | 'MTLS' | 'SASL';
type Sasl = NonNullable<KafkaAccess['sasl']>;
const tls = (paths: TlsPaths = {}, serverName?: string) => ({ files: new TlsFiles({ ca: pki.ca, ...paths }), serverName });
const user = (mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512', username = 'voltbus', its = PASSWORD): Sasl => ({
  mechanism,
  username,
  password: its,
});
const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** A JWT without a signature (RFC 7519, section 6). */
const unsecured = (expiresInSeconds: number) =>
  `${base64({ alg: 'none' })}.${base64({ sub: 'voltbus', iat: Date.now() / 1_000 - 1, exp: Date.now() / 1_000 + expiresInSeconds })}.`;
const bearer = (token: () => Promise<{ value: string }>): Sasl => ({ mechanism: 'oauthbearer', token });

const topicOf = (name: string): Topic => ({
  ...{ name: `secured-${name}`, partitions: 1, retentionMs: 3_600_000 },
  ...{ owner: 'router', writers: ['router'], readers: ['router'], settledBy: [] },
});

/** What a follower and a reader got of a message that is published. */
async function carry(name: string, brokers: string[], access: KafkaAccess) {
  const topic = topicOf(name.replaceAll(' ', '-'));
  const refusal = await kafkaRefusal(brokers, access, 'test');
  const bus = new KafkaBus({ ...noopTelemetry, brokers, access, clientId: 'test', onCrash: 'rebuild' });
  try {
    await bus.ensureTopics([topic]);
    const followed: string[] = [];
    await bus.follow({ name: 'secured', topic, handle: ({ value }) => void followed.push(value.toString()) });
    await bus.publish(topic, { key: 'a/1', value: Buffer.from(name) });
    await until(`${name} is followed`, () => followed.length > 0);
    const read = (await readTopic(brokers, topic.name, access)).map(({ value }) => value);
    return { refusal, followed, read };
  } finally {
    await bus.close();
  }
}

(hasJava ? describe : describe.skip)(`a Kafka with TLS and SASL${hasJava ? '' : ' (skipped: Java is not installed)'}`, () => {
  beforeAll(async () => {
    pki = await testPki();
    kafka = await securedKafka(pki, PASSWORD);
  });
  afterAll(async () => {
    await kafka.stop();
    pki.remove();
  });

  const accepted: [string, Listener, () => KafkaAccess][] = [
    ['TLS', 'TLS', () => ({ tls: tls() })],
    ['a client certificate', 'MTLS', () => ({ tls: tls(pki.client) })],
    ['PLAIN', 'SASL', () => ({ tls: tls(), sasl: user('plain') })],
    ['SCRAM-SHA-256', 'SASL', () => ({ tls: tls(), sasl: user('scram-sha-256') })],
    ['SCRAM-SHA-512', 'SASL', () => ({ tls: tls(), sasl: user('scram-sha-512') })],
    ['a token', 'SASL', () => ({ tls: tls(), sasl: bearer(async () => ({ value: unsecured(60) })) })],
  ];

  it('carries messages both ways with each of them', async () => {
    const carried = await Promise.all(accepted.map(([name, listener, access]) => carry(name, [kafka.listeners[listener]], access())));
    expect(carried).toEqual(accepted.map(([name]) => ({ refusal: null, followed: [name], read: [name] })));
  });

  it('lets a user in who has no rights, and says so at once when topics are made', async () => {
    const brokers = [kafka.listeners.SASL];
    const access = { tls: tls(), sasl: user('scram-sha-512', 'stranger') };
    expect(await kafkaRefusal(brokers, access, 'test')).toBeNull();
    const bus = new KafkaBus({ ...noopTelemetry, brokers, access, clientId: 'test', onCrash: 'rebuild' });
    const refused: unknown = await bus.ensureTopics([topicOf('stranger')]).catch((error: unknown) => error);
    await bus.close();
    expect(lacksKafkaRights(refused)).toBe(true);
  });

  it('is given a new token on the same connection before it ends the session', async () => {
    let tokens = 0;
    const sasl = bearer(async () => ({ value: unsecured(12 + tokens++), extensions: { traceId: '1' } })); // kafkajs gives another one 10 s before
    const bus = new KafkaBus({
      ...noopTelemetry,
      brokers: [kafka.listeners.SASL],
      access: { tls: tls(), sasl },
      clientId: 'test',
      onCrash: 'rebuild',
    });
    try {
      const topic = topicOf('renewed');
      await bus.ensureTopics([topic]);
      const send = () => bus.publish(topic, { key: 'a/1', value: Buffer.from('x') });
      await send();
      const before = tokens;
      await until('another token was asked for', async () => send().then(() => tokens > before));
      await send();
    } finally {
      await bus.close();
    }
  });

  const refused: [string, Listener, () => KafkaAccess, string, RegExp][] = [
    ['the CA is another one', 'TLS', () => ({ tls: tls({ ca: pki.strangeCa }) }), 'ca', /certificate/],
    ['only public CAs are trusted', 'TLS', () => ({ tls: tls({ ca: undefined }) }), 'ca', /certificate/],
    ['its certificate has another name', 'TLS', () => ({ tls: tls({}, 'kafka.example') }), 'name', /kafka\.example/],
    ['it wants a client certificate and gets none', 'MTLS', () => ({ tls: tls() }), 'client-certificate', /certificate/],
    ['the client certificate is of another CA', 'MTLS', () => ({ tls: tls(pki.strange) }), 'client-certificate', /certificate/],
    ['it wants TLS and gets none', 'TLS', () => ({}), 'closed', /closes/],
    ['it wants SASL and gets none', 'SASL', () => ({ tls: tls() }), 'closed', /closes/],
    ['it wants no SASL and gets some', 'TLS', () => ({ tls: tls(), sasl: user('plain') }), 'credentials', /SASL|state/i],
    ['the password of PLAIN is wrong', 'SASL', () => ({ tls: tls(), sasl: user('plain', 'voltbus', 'wrong') }), 'credentials', /PLAIN/],
    [
      'the password of SCRAM is wrong',
      'SASL',
      () => ({ tls: tls(), sasl: user('scram-sha-512', 'voltbus', 'wrong') }),
      'credentials',
      /SCRAM/,
    ],
    ['the user is unknown', 'SASL', () => ({ tls: tls(), sasl: user('scram-sha-256', 'nobody') }), 'credentials', /SCRAM/],
    [
      'the token has expired',
      'SASL',
      () => ({ tls: tls(), sasl: bearer(async () => ({ value: unsecured(-3_600) })) }),
      'credentials',
      /OAUTHBEARER/,
    ],
    [
      'no token is to be had',
      'SASL',
      () => ({ tls: tls(), sasl: bearer(() => Promise.reject(new TypeError('fetch failed'))) }),
      'token',
      /fetch failed/,
    ],
    ['the token is none', 'SASL', () => ({ tls: tls(), sasl: bearer(async () => ({ value: '' })) }), 'token', /returned no token/],
  ];

  it.each(refused)('is told apart where %s', async (_, listener, access, kind, reason) => {
    const server = kafka.listeners[listener];
    expect(await kafkaRefusal([server], access(), 'test')).toEqual({ kind, server, reason: expect.stringMatching(reason) });
  });

  it('is told apart from a plain one', async () => {
    const [server = ''] = kafka.brokers;
    expect(await kafkaRefusal([server], { tls: tls() }, 'test')).toMatchObject({
      server,
      kind: expect.stringMatching(/^(no-tls|closed)$/),
    });
  });

  it('is reached by address under the name that is given', async () => {
    const byAddress = kafka.listeners.TLS.replace('localhost', '127.0.0.1');
    expect(await kafkaRefusal([byAddress], { tls: tls() }, 'test')).toMatchObject({ kind: 'name', server: byAddress });
    expect(await kafkaRefusal([byAddress], { tls: tls({}, 'localhost') }, 'test')).toBeNull();
  });

  it('that is away is no refusal, and one broker that lets us in is enough', async () => {
    const away = 'localhost:1';
    expect(await kafkaRefusal([away], { tls: tls() }, 'test')).toBeNull();
    expect(await kafkaRefusal([away, kafka.listeners.TLS], { tls: tls() }, 'test')).toBeNull();
    expect(await kafkaRefusal([away, kafka.listeners.TLS], { tls: tls({ ca: pki.strangeCa }) }, 'test')).toMatchObject({ kind: 'ca' });
  });
});
