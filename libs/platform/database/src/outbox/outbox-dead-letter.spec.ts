import { BusUnavailable, MAX_VALUE_BYTES, RecordRefused, type BusRecord, type MemoryBus, type OutgoingRecord } from '@voltbus/bus';
import { DEAD_LETTERS, TRANSACTIONS, type Topic } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';
import { OutboxFixture, SCHEMA, event, outbox } from './testing/outbox-fixture';

let fixture: OutboxFixture;
let dataSource: DataSource;
let bus: MemoryBus;
beforeEach(async () => {
  fixture = await OutboxFixture.start();
  ({ dataSource, bus } = fixture);
});
afterEach(() => fixture?.close());

describe('the outbox', () => {
  it('puts aside what the bus will never take, logs it, and goes on with the station', async () => {
    const tooLarge = { ...event('A', 1), value: { place: 1, padding: 'x'.repeat(MAX_VALUE_BYTES) } };
    await dataSource.transaction((manager) => outbox.add(manager, [tooLarge, event('A', 2)]));
    fixture.relay.start();
    await fixture.until(() => fixture.published.length === 1);
    await fixture.relay.stop();
    expect(fixture.placesOf('A')).toEqual([2]);
    expect(await dataSource.query(`SELECT shard, (value::json)->>'place' AS place FROM ${SCHEMA}.outbox`)).toEqual([
      { shard: -1, place: '1' },
    ]);
    expect(fixture.metrics.total('outbox_publish_total', { result: 'refused' })).toBe(1);
  });

  it('lists what the bus will never take with the dead letters, and where its value is', async () => {
    const letters: BusRecord[] = [];
    await bus.follow({ name: 'letters', topic: DEAD_LETTERS, handle: (record) => (letters.push(record), fixture.stir()) });
    const tooLarge = { ...event('A', 1), value: { place: 1, padding: 'x'.repeat(MAX_VALUE_BYTES) } };
    await dataSource.transaction((manager) => outbox.add(manager, [tooLarge]));
    fixture.relay.start();
    await fixture.until(() => letters.length === 1);
    await fixture.relay.stop();
    const headers = Object.fromEntries(Object.entries(letters[0]?.headers ?? {}).map(([name, value]) => [name, value?.toString()]));
    expect([letters[0]?.key, letters[0]?.value.length]).toEqual(['default/A', 0]);
    expect(headers).toMatchObject({
      'origin-topic': TRANSACTIONS.name,
      'origin-group': `outbox:${SCHEMA}`,
      'origin-kind': 'poison',
      'origin-error': expect.stringContaining('RecordRefused'),
      'origin-left-behind': String(JSON.stringify(tooLarge.value).length),
    });
    expect(await fixture.waiting()).toBe(1);
  });

  it('tries what was put aside again at the next start, in the order of its station', async () => {
    let refusing = true;
    const publish = bus.publish.bind(bus);
    bus.publish = (topic: Topic, record: OutgoingRecord, options?: { timeoutMs?: number }) =>
      refusing && topic.name === TRANSACTIONS.name && record.key === 'default/A'
        ? Promise.reject(new RecordRefused('the broker refuses the record'))
        : publish(topic, record, options);
    await dataSource.transaction((manager) => outbox.add(manager, [event('A', 1), event('A', 2), event('B', 1)]));
    fixture.relay.start();
    await fixture.until(() => fixture.placesOf('B').length === 1);
    await fixture.relay.stop();
    expect(await fixture.waiting()).toBe(2);
    refusing = false;
    fixture.relay = fixture.newRelay();
    fixture.relay.start();
    await fixture.until(() => fixture.placesOf('A').length === 2);
    await fixture.relay.stop();
    expect(fixture.placesOf('A')).toEqual([1, 2]);
    expect(await fixture.waiting()).toBe(0);
  });

  it('keeps an event whose dead letter the bus does not take either, and tells it later', async () => {
    const publish = bus.publish.bind(bus);
    let away = true;
    bus.publish = (topic: Topic, record: OutgoingRecord, options?: { timeoutMs?: number }) =>
      topic.name === DEAD_LETTERS.name && away ? Promise.reject(new BusUnavailable('away')) : publish(topic, record, options);
    const tooLarge = { ...event('A', 1), value: { place: 1, padding: 'x'.repeat(MAX_VALUE_BYTES) } };
    await dataSource.transaction((manager) => outbox.add(manager, [tooLarge, event('B', 1)]));
    fixture.relay.start();
    await fixture.until(() => fixture.placesOf('B').length === 1);
    await fixture.relay.stop();
    expect(await dataSource.query(`SELECT shard >= 0 AS waits FROM ${SCHEMA}.outbox`)).toEqual([{ waits: true }]);
    away = false;
    let letters = 0;
    await bus.follow({ name: 'letters', topic: DEAD_LETTERS, handle: () => ((letters += 1), fixture.stir()) });
    fixture.relay = fixture.newRelay();
    fixture.relay.start();
    await fixture.until(() => letters === 1);
    await fixture.relay.stop();
    expect(await dataSource.query(`SELECT shard FROM ${SCHEMA}.outbox`)).toEqual([{ shard: -1 }]);
  });
});
