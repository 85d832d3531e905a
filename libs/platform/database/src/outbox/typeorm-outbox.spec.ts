import { BusUnavailable, type MemoryBus, type OutgoingRecord } from '@voltbus/bus';
import { fromCloudEventHeaders, type Topic } from '@voltbus/contracts';
import { silentLogger, testMetrics, within } from '@voltbus/testing';
import type { DataSource } from 'typeorm';
import { OutboxFixture, SCHEMA, event, outbox } from './testing/outbox-fixture';
import { OUTBOX_SHARDS } from './typeorm-outbox';
import { BATCH_BYTES } from './relay-statements';
import { OutboxRelay } from './typeorm-outbox-relay';

let fixture: OutboxFixture;
let dataSource: DataSource;
let bus: MemoryBus;
beforeEach(async () => {
  fixture = await OutboxFixture.start();
  ({ dataSource, bus } = fixture);
});
afterEach(() => fixture?.close());

describe('the outbox', () => {
  it('tells what was committed, with its headers, in the order of each station, and keeps nothing', async () => {
    await dataSource.transaction((manager) => outbox.add(manager, [event('A', 1), event('B', 1), event('A', 2)]));
    await dataSource.transaction((manager) => outbox.add(manager, [event('A', 3)]));
    fixture.relay.start();
    await fixture.until(() => fixture.published.length === 4);
    expect([fixture.placesOf('A'), fixture.placesOf('B')]).toEqual([[1, 2, 3], [1]]);
    expect(fromCloudEventHeaders(fixture.published[0]?.headers ?? {})).toMatchObject({
      type: 'voltbus.transaction.updated',
      tenant: 'default',
    });
    await fixture.relay.stop();
    expect(await fixture.waiting()).toBe(0);
  });

  it('tells nothing of what was rolled back', async () => {
    await dataSource
      .transaction(async (manager) => {
        await outbox.add(manager, [event('A', 1)]);
        throw new Error('changed my mind');
      })
      .catch(() => undefined);
    await dataSource.transaction((manager) => outbox.add(manager, [event('A', 2)]));
    fixture.relay.start();
    await fixture.until(() => fixture.published.length === 1);
    expect(fixture.placesOf('A')).toEqual([2]);
  });

  it('is published in one database transaction, whatever stations it is of', async () => {
    const events = Array.from({ length: 100 }, (_, station) => event(`S${station}`, 1));
    await dataSource.transaction((manager) => outbox.add(manager, events));
    const batches = jest.spyOn(dataSource, 'transaction');
    fixture.relay.start();
    await fixture.until(() => fixture.published.length === 100);
    await fixture.relay.stop();
    expect(batches).toHaveBeenCalledTimes(1);
  });

  it('is woken after a commit: it does not wait for its poll', async () => {
    fixture.relay.start();
    await dataSource.transaction((manager) => outbox.add(manager, [event('A', 1)]));
    fixture.relay.wake();
    await fixture.until(() => fixture.published.length === 1);
  });

  it('keeps what the bus does not take, and never lets a later event of a station overtake it', async () => {
    let refusing = true;
    const publish = bus.publish.bind(bus);
    bus.publish = (topic: Topic, record: OutgoingRecord) => {
      const { place } = JSON.parse(Buffer.from(record.value).toString()) as { place: number };
      return refusing && record.key === 'default/A' && place === 1 ? Promise.reject(new BusUnavailable('away')) : publish(topic, record);
    };
    await dataSource.transaction((manager) => outbox.add(manager, [event('A', 1), event('A', 2), event('B', 1)]));
    fixture.relay.start();
    await fixture.until(() => fixture.placesOf('B').length === 1);
    await fixture.relay.stop();
    expect(await fixture.waiting()).toBe(2);
    refusing = false;
    fixture.published.length = 0;
    fixture.relay = fixture.newRelay();
    fixture.relay.start();
    await fixture.until(() => fixture.published.length === 2);
    expect(fixture.placesOf('A')).toEqual([1, 2]);
  });

  it('takes large events a few at a time, all of them in order', async () => {
    const padding = 'x'.repeat(900_000);
    const count = Math.ceil((2.5 * BATCH_BYTES) / padding.length);
    const large = Array.from({ length: count }, (_, place) => ({ ...event('A', place), value: { place, padding } }));
    await dataSource.transaction((manager) => outbox.add(manager, large));
    const batches = jest.spyOn(dataSource, 'transaction');
    fixture.relay.start();
    await fixture.until(() => fixture.published.length === count);
    await fixture.relay.stop();
    expect(batches).toHaveBeenCalledTimes(2);
    expect(fixture.placesOf('A')).toEqual(Array.from({ length: count }, (_, place) => place));
    expect(await fixture.waiting()).toBe(0);
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
    fixture.relay.start();
    await fixture.until(() => fixture.published.length === 1);
    await fixture.relay.stop();
    expect(await fixture.waiting()).toBe(600);
  });

  it('counts what waits, and how long it has', async () => {
    bus.publish = () => Promise.reject(new BusUnavailable('away'));
    await dataSource.transaction((manager) => outbox.add(manager, [event('A', 1), event('B', 1)]));
    await dataSource.query(`UPDATE ${SCHEMA}.outbox SET written_at = now() - interval '1 minute'`);
    fixture.relay.start();
    await fixture.relay.stop();
    expect(fixture.metrics.reading('outbox_pending')).toBe(2);
    expect(fixture.metrics.reading('outbox_oldest_seconds')).toBeGreaterThanOrEqual(60);
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
    expect(await fixture.waiting()).toBe(1);
    fixture.relay.wake();
    await fixture.until(() => fixture.published.length === 1);
  });

  it('is relayed as soon as its process has committed it, though nothing wakes it', async () => {
    fixture.relay.start();
    await dataSource.transaction((manager) => outbox.add(manager, [event('A', 1)]));
    await fixture.until(() => fixture.published.length === 1);
    await dataSource.transaction((manager) => manager.transaction((inner) => outbox.add(inner, [event('A', 2)])));
    await fixture.until(() => fixture.published.length === 2);
    expect(fixture.placesOf('A')).toEqual([1, 2]);
    await fixture.relay.stop();
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
    await fixture.until(() => fixture.published.length === 1);
    expect(refusals).toBe(-1);
    await patient.stop();
  });

  it('is relayed by several processes at once, each event once', async () => {
    const events = Array.from({ length: 200 }, (_, index) => event(`S${index % 20}`, index));
    await dataSource.transaction((manager) => outbox.add(manager, events));
    const other = fixture.newRelay();
    fixture.relay.start();
    other.start();
    await fixture.until(() => fixture.published.length >= 200);
    await Promise.all([fixture.relay.stop(), other.stop()]);
    expect(fixture.published).toHaveLength(200);
    for (let station = 0; station < 20; station++)
      expect(fixture.placesOf(`S${station}`)).toEqual([...fixture.placesOf(`S${station}`)].sort((one, two) => Number(one) - Number(two)));
  });
});
