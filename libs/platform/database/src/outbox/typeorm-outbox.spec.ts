import { BusUnavailable, MAX_VALUE_BYTES, MemoryBus, RecordRefused, type BusRecord, type OutgoingRecord } from '@voltbus/bus';
import { DEAD_LETTERS, TRANSACTIONS, fromCloudEventHeaders, type Topic } from '@voltbus/contracts';
import { freshDatabase, silentLogger, testMetrics, within, type FreshDatabase, type TestMetrics } from '@voltbus/testing';
import type { DataSource } from 'typeorm';
import { openDatabase } from '../connection/typeorm-database';
import { OUTBOX_SHARDS, Outbox, outboxMigration } from './typeorm-outbox';
import { BATCH_BYTES, OutboxRelay } from './typeorm-outbox-relay';
import type { OutboxEvent } from './outbox-event';

const SCHEMA = 'test';
let database: FreshDatabase;
let dataSource: DataSource;
let bus: MemoryBus;
let relay: OutboxRelay;
let metrics: TestMetrics;
let published: BusRecord[];
let stirred: () => void;
const outbox = new Outbox(SCHEMA);

beforeEach(async () => {
  database = await freshDatabase();
  dataSource = await openDatabase({ url: database.url, schema: SCHEMA, migrations: [outboxMigration(SCHEMA)] });
  metrics = testMetrics();
  bus = new MemoryBus({ logger: silentLogger, metrics, absentGroups: 'skip' });
  published = [];
  await bus.follow({ name: 'recorder', topic: TRANSACTIONS, handle: (record) => (published.push(record), stirred()) });
  stirred = () => undefined;
  relay = newRelay();
});
afterEach(async () => {
  await relay.stop();
  await bus.close();
  await dataSource.destroy();
  await database.drop();
});

const newRelay = () => new OutboxRelay({ dataSource, schema: SCHEMA, bus, logger: silentLogger, metrics, pollMs: 60_000 });

function event(station: string, place: number): OutboxEvent {
  return {
    topic: TRANSACTIONS,
    ref: { tenant: 'default', station },
    value: { place },
    event: {
      id: `${station}-${place}`,
      type: 'voltbus.transaction.updated',
      time: '2026-01-01T00:00:00.000Z',
      subject: `default/${station}`,
      tenant: 'default',
    },
  };
}

/** Resolves when the condition holds. It is checked whenever a record comes. */
async function until(condition: () => boolean): Promise<void> {
  const holds = async () => {
    while (!condition()) await new Promise<void>((stir) => (stirred = stir));
  };
  await within(`${condition.toString()} of the records that the relay publishes`, holds());
}

const waiting = async (): Promise<number> =>
  Number((await dataSource.query<{ count: string }[]>(`SELECT count(*) FROM ${SCHEMA}.outbox`))[0]?.count);
const placesOf = (station: string): unknown[] =>
  published.filter(({ key }) => key === `default/${station}`).map(({ value }) => (JSON.parse(value.toString()) as { place: number }).place);

describe('the outbox', () => {
  it('tells what was committed, with its headers, in the order of each station, and keeps nothing', async () => {
    await dataSource.transaction((manager) => outbox.add(manager, [event('A', 1), event('B', 1), event('A', 2)]));
    await dataSource.transaction((manager) => outbox.add(manager, [event('A', 3)]));
    relay.start();
    await until(() => published.length === 4);
    expect([placesOf('A'), placesOf('B')]).toEqual([[1, 2, 3], [1]]);
    expect(fromCloudEventHeaders(published[0]?.headers ?? {})).toMatchObject({ type: 'voltbus.transaction.updated', tenant: 'default' });
    await relay.stop();
    expect(await waiting()).toBe(0);
  });

  it('tells nothing of what was rolled back', async () => {
    await dataSource
      .transaction(async (manager) => {
        await outbox.add(manager, [event('A', 1)]);
        throw new Error('changed my mind');
      })
      .catch(() => undefined);
    await dataSource.transaction((manager) => outbox.add(manager, [event('A', 2)]));
    relay.start();
    await until(() => published.length === 1);
    expect(placesOf('A')).toEqual([2]);
  });

  it('is published in one database transaction, whatever stations it is of', async () => {
    const events = Array.from({ length: 100 }, (_, station) => event(`S${station}`, 1));
    await dataSource.transaction((manager) => outbox.add(manager, events));
    const batches = jest.spyOn(dataSource, 'transaction');
    relay.start();
    await until(() => published.length === 100);
    await relay.stop();
    expect(batches).toHaveBeenCalledTimes(1);
  });

  it('is woken after a commit: it does not wait for its poll', async () => {
    relay.start();
    await dataSource.transaction((manager) => outbox.add(manager, [event('A', 1)]));
    relay.wake();
    await until(() => published.length === 1);
  });

  it('keeps what the bus does not take, and never lets a later event of a station overtake it', async () => {
    let refusing = true;
    const publish = bus.publish.bind(bus);
    bus.publish = (topic: Topic, record: OutgoingRecord) => {
      const { place } = JSON.parse(Buffer.from(record.value).toString()) as { place: number };
      return refusing && record.key === 'default/A' && place === 1 ? Promise.reject(new BusUnavailable('away')) : publish(topic, record);
    };
    await dataSource.transaction((manager) => outbox.add(manager, [event('A', 1), event('A', 2), event('B', 1)]));
    relay.start();
    await until(() => placesOf('B').length === 1);
    await relay.stop();
    expect(await waiting()).toBe(2);
    refusing = false;
    published.length = 0;
    relay = newRelay();
    relay.start();
    await until(() => published.length === 2);
    expect(placesOf('A')).toEqual([1, 2]);
  });

  it('puts aside what the bus will never take, logs it, and goes on with the station', async () => {
    const tooLarge = { ...event('A', 1), value: { place: 1, padding: 'x'.repeat(MAX_VALUE_BYTES) } };
    await dataSource.transaction((manager) => outbox.add(manager, [tooLarge, event('A', 2)]));
    relay.start();
    await until(() => published.length === 1);
    await relay.stop();
    expect(placesOf('A')).toEqual([2]);
    expect(await dataSource.query(`SELECT shard, (value::json)->>'place' AS place FROM ${SCHEMA}.outbox`)).toEqual([
      { shard: -1, place: '1' },
    ]);
    expect(metrics.total('outbox_publish_total', { result: 'refused' })).toBe(1);
  });

  it('lists what the bus will never take with the dead letters, and where its value is', async () => {
    const letters: BusRecord[] = [];
    await bus.follow({ name: 'letters', topic: DEAD_LETTERS, handle: (record) => (letters.push(record), stirred()) });
    const tooLarge = { ...event('A', 1), value: { place: 1, padding: 'x'.repeat(MAX_VALUE_BYTES) } };
    await dataSource.transaction((manager) => outbox.add(manager, [tooLarge]));
    relay.start();
    await until(() => letters.length === 1);
    await relay.stop();
    const headers = Object.fromEntries(Object.entries(letters[0]?.headers ?? {}).map(([name, value]) => [name, value?.toString()]));
    expect([letters[0]?.key, letters[0]?.value.length]).toEqual(['default/A', 0]);
    expect(headers).toMatchObject({
      'origin-topic': TRANSACTIONS.name,
      'origin-group': `outbox:${SCHEMA}`,
      'origin-kind': 'poison',
      'origin-error': expect.stringContaining('RecordRefused'),
      'origin-left-behind': String(JSON.stringify(tooLarge.value).length),
    });
    expect(await waiting()).toBe(1);
  });

  it('tries what was put aside again at the next start, in the order of its station', async () => {
    let refusing = true;
    const publish = bus.publish.bind(bus);
    bus.publish = (topic: Topic, record: OutgoingRecord, options?: { timeoutMs?: number }) =>
      refusing && topic.name === TRANSACTIONS.name && record.key === 'default/A'
        ? Promise.reject(new RecordRefused('the broker refuses the record'))
        : publish(topic, record, options);
    await dataSource.transaction((manager) => outbox.add(manager, [event('A', 1), event('A', 2), event('B', 1)]));
    relay.start();
    await until(() => placesOf('B').length === 1);
    await relay.stop();
    expect(await waiting()).toBe(2);
    refusing = false;
    relay = newRelay();
    relay.start();
    await until(() => placesOf('A').length === 2);
    await relay.stop();
    expect(placesOf('A')).toEqual([1, 2]);
    expect(await waiting()).toBe(0);
  });

  it('keeps an event whose dead letter the bus does not take either, and tells it later', async () => {
    const publish = bus.publish.bind(bus);
    let away = true;
    bus.publish = (topic: Topic, record: OutgoingRecord, options?: { timeoutMs?: number }) =>
      topic.name === DEAD_LETTERS.name && away ? Promise.reject(new BusUnavailable('away')) : publish(topic, record, options);
    const tooLarge = { ...event('A', 1), value: { place: 1, padding: 'x'.repeat(MAX_VALUE_BYTES) } };
    await dataSource.transaction((manager) => outbox.add(manager, [tooLarge, event('B', 1)]));
    relay.start();
    await until(() => placesOf('B').length === 1);
    await relay.stop();
    expect(await dataSource.query(`SELECT shard >= 0 AS waits FROM ${SCHEMA}.outbox`)).toEqual([{ waits: true }]);
    away = false;
    let letters = 0;
    await bus.follow({ name: 'letters', topic: DEAD_LETTERS, handle: () => ((letters += 1), stirred()) });
    relay = newRelay();
    relay.start();
    await until(() => letters === 1);
    await relay.stop();
    expect(await dataSource.query(`SELECT shard FROM ${SCHEMA}.outbox`)).toEqual([{ shard: -1 }]);
  });

  it('takes large events a few at a time, all of them in order', async () => {
    const padding = 'x'.repeat(900_000);
    const count = Math.ceil((2.5 * BATCH_BYTES) / padding.length);
    const large = Array.from({ length: count }, (_, place) => ({ ...event('A', place), value: { place, padding } }));
    await dataSource.transaction((manager) => outbox.add(manager, large));
    const batches = jest.spyOn(dataSource, 'transaction');
    relay.start();
    await until(() => published.length === count);
    await relay.stop();
    expect(batches).toHaveBeenCalledTimes(2);
    expect(placesOf('A')).toEqual(Array.from({ length: count }, (_, place) => place));
    expect(await waiting()).toBe(0);
  });

  it('goes on with other stations though a whole batch of one is stuck', async () => {
    const publish = bus.publish.bind(bus);
    bus.publish = (topic: Topic, record: OutgoingRecord) =>
      record.key === 'default/A' ? Promise.reject(new BusUnavailable('away')) : publish(topic, record);
    const shardOf = `abs(hashtext('default/' || name) % ${OUTBOX_SHARDS})`;
    const [elsewhere] = await dataSource.query<{ name: string }[]>(
      `SELECT name FROM (SELECT 'B' || n AS name FROM generate_series(1, 1000) n) names WHERE ${shardOf} > abs(hashtext('default/A') % ${OUTBOX_SHARDS}) LIMIT 1`,
    );
    const stuck = Array.from({ length: 600 }, (_, index) => event('A', index));
    await dataSource.transaction((manager) => outbox.add(manager, [...stuck, event(elsewhere?.name ?? '', 1)]));
    relay.start();
    await until(() => published.length === 1);
    await relay.stop();
    expect(await waiting()).toBe(600);
  });

  it('counts what waits, and how long it has', async () => {
    bus.publish = () => Promise.reject(new BusUnavailable('away'));
    await dataSource.transaction((manager) => outbox.add(manager, [event('A', 1), event('B', 1)]));
    await dataSource.query(`UPDATE ${SCHEMA}.outbox SET written_at = now() - interval '1 minute'`);
    relay.start();
    await relay.stop();
    expect(metrics.reading('outbox_pending')).toBe(2);
    expect(metrics.reading('outbox_oldest_seconds')).toBeGreaterThanOrEqual(60);
  });

  it('is not waited for at a stop when the bus takes nothing any more, and is published by the next process', async () => {
    let asked = (): void => undefined;
    const publishing = new Promise<void>((resolve) => (asked = resolve));
    const silent = { publish: () => (asked(), new Promise<void>(() => undefined)) } as unknown as MemoryBus; // what a relay uses of it
    const leaving = new OutboxRelay({
      dataSource,
      schema: SCHEMA,
      bus: silent,
      logger: silentLogger,
      metrics: testMetrics(),
      pollMs: 60_000,
    });
    await dataSource.transaction((manager) => outbox.add(manager, [event('CS-1', 1)]));
    leaving.wake();
    await within('the relay publishes the event', publishing);
    await leaving.stop();
    expect(await waiting()).toBe(1);
    relay.wake();
    await until(() => published.length === 1);
  });

  it('is relayed as soon as its process has committed it, though nothing wakes it', async () => {
    relay.start();
    await dataSource.transaction((manager) => outbox.add(manager, [event('A', 1)]));
    await until(() => published.length === 1);
    await dataSource.transaction((manager) => manager.transaction((inner) => outbox.add(inner, [event('A', 2)])));
    await until(() => published.length === 2);
    expect(placesOf('A')).toEqual([1, 2]);
    await relay.stop();
    expect(dataSource.subscribers).toEqual([]);
  });

  it('is looked at again soon when the bus did not take it, though nothing wakes it', async () => {
    let refusals = 2;
    const away = {
      publish: (topic: Topic, record: OutgoingRecord) =>
        refusals-- > 0 ? Promise.reject(new BusUnavailable('away')) : bus.publish(topic, record),
    } as unknown as MemoryBus; // what a relay uses of it
    const patient = new OutboxRelay({
      dataSource,
      schema: SCHEMA,
      bus: away,
      logger: silentLogger,
      metrics: testMetrics(),
      pollMs: 60_000,
    });
    patient.start();
    await dataSource.transaction((manager) => outbox.add(manager, [event('A', 1)]));
    await until(() => published.length === 1);
    expect(refusals).toBe(-1);
    await patient.stop();
  });

  it('is relayed by several processes at once, each event once', async () => {
    const events = Array.from({ length: 200 }, (_, index) => event(`S${index % 20}`, index));
    await dataSource.transaction((manager) => outbox.add(manager, events));
    const other = newRelay();
    relay.start();
    other.start();
    await until(() => published.length >= 200);
    await Promise.all([relay.stop(), other.stop()]);
    expect(published).toHaveLength(200);
    for (let station = 0; station < 20; station++)
      expect(placesOf(`S${station}`)).toEqual([...placesOf(`S${station}`)].sort((one, two) => Number(one) - Number(two)));
  });
});
