import { KafkaBus } from '@voltbus/bus';
import { TOPICS, TRANSACTIONS } from '@voltbus/contracts';
import { openDatabase, type Database } from '@voltbus/database';
import { showSettings } from '@voltbus/runtime';
import { freshDatabase, ownKafka, silentLogger, testMetrics, testRedis, until, type FreshDatabase, type OwnKafka } from '@voltbus/testing';
import { SCHEMAS } from '../schemas';
import { setUp } from '../set-up';
import { examineKafka } from './checks/kafka';
import { examine } from './examine';
import type { Finding } from './finding';

let kafka: OwnKafka;
let database: FreshDatabase;
let connection: Database;
let bus: KafkaBus;
beforeAll(async () => {
  [kafka, database] = await Promise.all([ownKafka(), freshDatabase()]);
  bus = new KafkaBus({ logger: silentLogger, metrics: testMetrics(), brokers: kafka.brokers, clientId: 'test', onCrash: 'rebuild' });
});
afterAll(async () => {
  await connection?.destroy();
  await bus.close();
  await Promise.all([kafka.stop(), database.drop()]);
});

const environment = () => ({
  VOLTBUS_KAFKA_BROKERS: kafka.brokers.join(','),
  VOLTBUS_REDIS_URL: testRedis().url,
  VOLTBUS_DATABASE_URL: database.url,
});
const shown = (more: Record<string, string> = {}) => showSettings({}, { ...environment(), ...more });
const settingsOf = () => {
  const { settings } = shown();
  if (settings === null) throw new Error('the settings can be read');
  return settings;
};
const examined = async (more?: Record<string, string>): Promise<Finding[]> => (await examine(shown(more), [], SCHEMAS)).findings;
const wrong = (findings: readonly Finding[]) => findings.filter(({ severity }) => severity === 'error');
const of = (findings: readonly Finding[], check: string) => findings.filter((one) => one.check === check);
/** Every finding that is not in order says what to do. */
const remedied = (findings: readonly Finding[]): boolean =>
  findings.every(({ severity, remedy }) => (severity === 'ok') === (remedy === ''));

describe('the doctor, with servers that are real', () => {
  it('finds that nothing was set up: topics and schemas', async () => {
    const findings = await examined();
    expect(of(findings, 'kafka.topics').map(({ message }) => message)).toEqual(TOPICS.map(({ name }) => `topic ${name} is missing`));
    expect(wrong(of(findings, 'postgres.migrations'))).toHaveLength(SCHEMAS.length);
    expect(of(findings, 'kafka.topics')[0]?.remedy).toContain('set-up');
    expect(remedied(findings)).toBe(true);
  });

  it('finds nothing wrong after the set-up, but that no service runs', async () => {
    await setUp({ bus, url: database.url, schemas: SCHEMAS, logger: silentLogger });
    const findings = await examined();
    expect(wrong(findings)).toEqual([]);
    expect(of(findings, 'kafka.lag').map(({ severity }) => severity)).toEqual(Array(5).fill('warning'));
    expect(remedied(findings)).toBe(true);
    const replicated = of(await examined({ VOLTBUS_TOPIC_REPLICATION: '3' }), 'kafka.topics');
    expect(replicated.map(({ message }) => message)).toEqual(TOPICS.map(({ name }) => `topic ${name} has 1 replicas instead of 3`));
    expect(replicated[0]?.remedy).toContain('kafka-reassign-partitions.sh');
  });

  it('finds a group whose records wait, and a broker whose clock is ahead', async () => {
    const subscription = await bus.subscribe({
      group: 'cdr',
      topics: [TRANSACTIONS],
      route: () => ({ shape: 'key', name: 'test', handle: async () => undefined }),
    });
    await bus.publish(TRANSACTIONS, { key: 'a/1', value: Buffer.from('{}') });
    await until('the record is handled and committed', async () => {
      const found = of(await examineKafka(settingsOf(), Date.now() + 3_600_000), 'kafka.lag');
      return found.some(({ severity, message }) => severity === 'ok' && message.startsWith('cdr: 1 groups, 0 records'));
    });
    await subscription.close();
    await bus.publish(TRANSACTIONS, { key: 'a/1', value: Buffer.from('{}') });
    const later = await examineKafka(settingsOf(), Date.now() + 3_600_000);
    expect(wrong(later)).toMatchObject([
      {
        check: 'kafka.lag',
        message: expect.stringMatching(/^the group cdr:.* has 1 records/),
        remedy: expect.stringContaining('start cdr'),
      },
    ]);
    const earlier = await examineKafka(settingsOf(), Date.now() - 3_600_000);
    expect(wrong(earlier)).toMatchObject([{ check: 'kafka.clock', message: expect.stringContaining(TRANSACTIONS.name) }]);
  });

  it('finds what waits in the database: migrations, outbox, dead letters', async () => {
    connection = await openDatabase({ url: database.url, schema: 'probe', migrations: [], poolSize: 1 });
    await connection.query(`DELETE FROM cdr.migrations WHERE id = (SELECT max(id) FROM cdr.migrations)`);
    await connection.query(`INSERT INTO router.migrations (timestamp, name) VALUES (9999, '9999-of-the-future9999999999999')`);
    await connection.query(`INSERT INTO transactions.outbox (shard, topic, key, headers, value, written_at)
      VALUES (0, 't', 'a/1', '{}', '{}', now() - interval '10 minutes'), (-1, 't', 'a/1', '{}', '{}', now())`);
    await connection.query(`INSERT INTO router.dead_letters (tenant, id, topic, partition, "offset", key, headers, value, consumer, handler, kind, error, attempts, died_at)
      VALUES ('a', gen_random_uuid(), 't', 0, 1, 'a/1', '{}', '', 'c', 'h', 'defect', 'e', 1, now())`);
    const findings = await examined();
    expect(findings.filter(({ check, severity }) => severity !== 'ok' && /^(postgres|outbox|dead)/.test(check))).toEqual([
      expect.objectContaining({
        check: 'postgres.migrations',
        severity: 'warning',
        message: expect.stringContaining('9999-of-the-future'),
      }),
      expect.objectContaining({
        check: 'outbox',
        severity: 'error',
        message: expect.stringMatching(/^1 events of transactions .* 60\d s$/),
      }),
      expect.objectContaining({ check: 'outbox.refused', severity: 'warning' }),
      expect.objectContaining({ check: 'postgres.migrations', severity: 'error', message: expect.stringMatching(/^the schema cdr lacks/) }),
      expect.objectContaining({
        check: 'dead-letters',
        severity: 'warning',
        message: expect.stringMatching(/^1 dead letters wait, 1 of them/),
      }),
    ]);
    expect(remedied(findings)).toBe(true);
  });

  it('finds servers that are away, refuse us, or are not given', async () => {
    const away = {
      VOLTBUS_KAFKA_BROKERS: '127.0.0.1:1',
      VOLTBUS_REDIS_URL: 'redis://127.0.0.1:1',
      VOLTBUS_DATABASE_URL: 'postgres://a:b@127.0.0.1:1/c',
    };
    expect(wrong(await examined(away)).map(({ check }) => check)).toEqual(['kafka', 'redis', 'postgres']);
    const redis = testRedis().url.replace('redis://', 'rediss://');
    const refused = await examined({ VOLTBUS_REDIS_URL: redis, VOLTBUS_DATABASE_URL: `${database.url}_planted` });
    expect(of(refused, 'access').map(({ message, remedy }) => `${message} -> ${remedy}`)).toEqual([
      expect.stringMatching(/^Redis at .* -> .*rediss?:\/\//),
      expect.stringMatching(/^Postgres at .* database .* does not exist -> see the database in VOLTBUS_DATABASE_URL/),
    ]);
    const none = (await examine(showSettings({}, {}), [], SCHEMAS)).findings;
    expect(wrong(none)).toMatchObject([{ check: 'settings', message: 'there is nothing to examine' }]);
    const misspelt = (await examine(showSettings({}, { VOLTBUS_PIN_SECONDS: '3' }), [], SCHEMAS)).findings;
    expect(wrong(misspelt)).toMatchObject([{ check: 'settings', message: 'VOLTBUS_PIN_SECONDS is not a setting' }]);
  });
});
