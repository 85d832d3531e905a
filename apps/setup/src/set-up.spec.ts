import { MemoryBus } from '@voltbus/bus';
import { TOPICS, type Topic } from '@voltbus/contracts';
import { migrationName, openDatabase } from '@voltbus/database';
import { ConfigError } from '@voltbus/runtime';
import { freePorts, freshDatabase, silentLogger, testMetrics, type FreshDatabase } from '@voltbus/testing';
import { SCHEMAS } from './schemas';
import { setUp } from './set-up';

const NO_WAIT = { atMostMs: 0, everyMs: 1 };

let database: FreshDatabase;
let bus: MemoryBus;

beforeEach(async () => {
  database = await freshDatabase();
  bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics() });
});
afterEach(async () => {
  await bus.close();
  await database.drop();
});

/** The migrations that are in the database, by schema. */
async function applied(): Promise<Record<string, string[]>> {
  const probe = await openDatabase({ url: database.url, schema: 'probe', migrations: [], poolSize: 1 });
  const found: Record<string, string[]> = {};
  for (const { schema } of SCHEMAS)
    found[schema] = (await probe.query<{ name: string }[]>(`SELECT name FROM ${schema}.migrations ORDER BY name`)).map(({ name }) => name);
  await probe.destroy();
  return found;
}

describe('the set-up', () => {
  const everything = Object.fromEntries(SCHEMAS.map(({ schema, migrations }) => [schema, migrations.map(migrationName).sort()]));
  const parts = () => ({ bus, url: database.url, schemas: SCHEMAS, logger: silentLogger, wait: NO_WAIT });

  it('makes every topic and brings every schema up to date', async () => {
    await setUp(parts());
    expect(await applied()).toEqual(everything);
    expect(SCHEMAS.map(({ schema }) => schema).sort()).toEqual(['cdr', 'device_config', 'router', 'transactions', 'webhooks']);
  });

  it('changes nothing the second time, nor beside itself', async () => {
    await Promise.all([setUp(parts()), setUp(parts()), setUp(parts())]);
    await setUp(parts());
    expect(await applied()).toEqual(everything);
  });

  it('waits for a Kafka that is away, and not for one that does not let it make topics', async () => {
    const wait = { atMostMs: 60_000, everyMs: 1 };
    const answers = [new Error('away'), Object.assign(new Error('Cluster authorization failed'), { type: 'CLUSTER_AUTHORIZATION_FAILED' })];
    let asked = 0;
    const kafka = { ensureTopics: () => Promise.reject(answers[asked++] ?? new Error('asked again')), checkTopics: async () => [] };
    await expect(setUp({ ...parts(), bus: kafka, wait })).rejects.toThrow('Cluster authorization failed');
    expect(asked).toBe(2);
  });

  it('names every topic that is not as it must be, and leaves the database alone', async () => {
    const ensured: Topic[] = [];
    const askew = {
      ensureTopics: async (topics: readonly Topic[]) => void ensured.push(...topics),
      checkTopics: async () => ['topic a has 3 partitions', 'topic b has 1 replica'],
    };
    const failed = await setUp({ ...parts(), bus: askew }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ConfigError);
    expect((failed as ConfigError).problems).toEqual(['topic a has 3 partitions', 'topic b has 1 replica']);
    expect(ensured).toEqual(TOPICS);
    await expect(applied()).rejects.toThrow(/migrations/);
  });

  it('waits for Kafka, saying once why', async () => {
    const warnings: unknown[] = [];
    let away = 3;
    const late = {
      ensureTopics: async () => {
        if (away-- > 0) throw new Error('connect ECONNREFUSED');
      },
      checkTopics: async () => [],
    };
    const logger = { ...silentLogger, warn: (fields: unknown) => void warnings.push(fields) };
    await setUp({ ...parts(), bus: late, logger, wait: { atMostMs: 60_000, everyMs: 1 } });
    expect(warnings).toEqual([{ server: 'Kafka', reason: 'connect ECONNREFUSED' }]);
    expect(await applied()).toEqual(everything);
  });

  it('gives up when Postgres does not come in time', async () => {
    const [port = 0] = await freePorts(1);
    await expect(setUp({ ...parts(), url: `postgres://a:b@127.0.0.1:${port}/c` })).rejects.toThrow(/ECONNREFUSED/);
  });

  it('does not try a migration again that fails', async () => {
    let attempts = 0;
    const broken = {
      schema: 'broken',
      declared: { schema: 'broken', tables: [] },
      rowConditions: {},
      get migrations() {
        attempts += 1;
        return [{ id: '0001-broken', sql: 'SELECT nonsense' }];
      },
    };
    const failing = setUp({ ...parts(), schemas: [broken], wait: { atMostMs: 60_000, everyMs: 1 } });
    await expect(failing).rejects.toThrow(/migration broken\.0001-broken failed/);
    expect(attempts).toBe(1);
  });
});
