import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { startKafka, startPostgres, startRedis } from './start';
import type { Server } from './server';

jest.setTimeout(400_000);

describe('servers of our own', () => {
  let dataDir: string;
  const servers: Server[] = [];
  const changes: string[] = [];
  const options = (name: string) => ({ dataDir, keep: true, changed: () => void changes.push(name) });

  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'voltbus-servers-'));
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function killedAndBack(server: Server, name: string): Promise<void> {
    servers.push(server);
    const before = server.pid;
    changes.length = 0;
    await server.signal('SIGKILL');
    expect(server.pid).toBeNull();
    await server.restart();
    expect(server.pid).not.toBe(before);
    expect(changes).toEqual([name, name]);
  }

  it('Kafka keeps its address and its topics over a kill -9', async () => {
    const kafka = await startKafka(options('kafka'));
    const admin = () => new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING }).admin();
    const before = admin();
    await before.connect();
    await before.createTopics({ topics: [{ topic: 'kept', numPartitions: 3 }], waitForLeaders: true });
    await before.disconnect();
    await killedAndBack(kafka, 'kafka');
    const after = admin();
    await after.connect();
    expect(await after.listTopics()).toContain('kept');
    await after.disconnect();
  });

  it('Kafka waits until one that was left behind on its data is gone: two would ruin it', async () => {
    const place = { dataDir: join(dataDir, 'left-behind'), keep: true };
    const first = await startKafka(place);
    let started = false;
    const starting = startKafka(place).finally(() => (started = true));
    await pause(5_000); // in which a second one would have been launched, and in a container have found the folder locked
    expect(started).toBe(false);
    if (first.pid !== null) expect(readFileSync(join(place.dataDir, 'kafka', 'kafka.pid'), 'utf8')).toBe(String(first.pid));
    await first.signal('SIGKILL');
    const second = await starting;
    servers.push(second);
    expect(second.pid).not.toBeNull();
  });

  it('Redis keeps its address over a kill -9', async () => {
    const redis = await startRedis(options('redis'));
    const { url } = redis;
    await killedAndBack(redis, 'redis');
    expect(redis.url).toBe(url);
  });

  it('Postgres keeps its address over a kill -9, and its application role is no superuser', async () => {
    const postgres = await startPostgres(options('postgres'));
    const { url } = postgres;
    await killedAndBack(postgres, 'postgres');
    expect(postgres.url).toBe(url);
    expect(new URL(url).username).not.toBe('postgres');
  });
});
