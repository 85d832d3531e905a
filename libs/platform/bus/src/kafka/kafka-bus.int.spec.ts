import { randomBytes } from 'node:crypto';
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { KEYED_PARTITIONS, type Topic } from '@voltbus/contracts';
import { expectSoon, gate, range, testKafka, testMetrics } from '@voltbus/testing';
import { busContract } from '../testing/bus-contract';
import { recordCollector } from '../testing/record-collector';
import { RecordRefused } from '../port';
import { KafkaBus } from './kafka-bus';
import { groupIdOf } from './kafka-group';
import { noopTelemetry } from '@voltbus/telemetry';

const { brokers } = testKafka();
let clients = 0;
const newBus = () => new KafkaBus({ ...noopTelemetry, brokers, clientId: `test-${++clients}`, onCrash: 'rebuild' });

busContract('KafkaBus', async () => {
  const buses: KafkaBus[] = [];
  return {
    bus: () => {
      const bus = newBus();
      buses.push(bus);
      return bus;
    },
    close: async () => void (await Promise.all(buses.map((bus) => bus.close()))),
  };
});

describe('KafkaBus', () => {
  const bus = newBus();
  let names = 0;
  afterAll(() => bus.close());

  const topicOf = (partitions: number): Topic => ({
    name: `kafka-${process.pid}-${Date.now()}-${++names}`,
    partitions,
    owner: 'router',
    writers: ['router'],
    readers: ['router'],
    settledBy: [],
    retentionMs: 3_600_000,
  });

  it('shows in the metrics how old the oldest record in hand is', async () => {
    const topic = topicOf(2);
    const metrics = testMetrics();
    const measured = new KafkaBus({ ...noopTelemetry, metrics, brokers, clientId: `test-${++clients}`, onCrash: 'rebuild' });
    const seconds = () => metrics.series('kafka_consumer_lag_seconds');
    const showing = (value: unknown) => [{ value, labels: { topic: topic.name, group: groupIdOf(subscription) } }];
    const held = gate();
    const subscription = {
      group: `${topic.name}-group`,
      topics: [topic],
      route: () => ({ shape: 'key' as const, name: 'h', handle: () => held.opened }),
    };
    await measured.ensureTopics([topic]);
    await measured.subscribe(subscription);
    expect(seconds()).toEqual(showing(0));
    await measured.publish(topic, { key: 'a/1', value: Buffer.from('x') });
    let before = 0;
    for (const _ of range(2))
      await expectSoon(async () => {
        const now = (seconds() as readonly { value: number }[])[0]?.value ?? 0;
        expect(now).toBeGreaterThan(before);
        before = now;
      });
    held.open();
    await expectSoon(async () => expect(seconds()).toEqual(showing(0)));
    await measured.close();
  });

  it('lets no slow partition hold up the others, and goes on with it in order, nothing twice', async () => {
    const topic = topicOf(3);
    await bus.ensureTopics([topic]);
    const send = (partition: number, text: string) => bus.publish(topic, { key: `a/${partition}`, value: Buffer.from(text), partition });
    const seen = recordCollector();
    const slow = gate();
    const subscription = await bus.subscribe({
      group: `${topic.name}-group`,
      topics: [topic],
      route: () => ({
        shape: 'key',
        name: 'h',
        handle: async (record) => {
          if (record.value.toString() === 'slow') await slow.opened;
          await seen.one(record);
        },
      }),
    });
    await Promise.all([send(0, 'slow'), send(0, 'after slow')]);
    for (const n of range(20)) await send(1, String(n));
    await seen.wait(20);
    expect(seen.byKey().get('a/0')).toBeUndefined();
    slow.open();
    await send(0, 'last');
    await expectSoon(async () => expect(seen.byKey().get('a/0')).toEqual(['slow', 'after slow', 'last']));
    await expectSoon(async () => expect(await subscription.lag()).toBe(0));
    await subscription.close();
    expect(seen.count()).toBe(23);
  });

  it('makes and reads keyed topics with the partitions of the installation, and refuses another number', async () => {
    const keyed = topicOf(KEYED_PARTITIONS);
    const other = topicOf(2);
    const chosen = new KafkaBus({ ...noopTelemetry, brokers, clientId: 'chosen', onCrash: 'rebuild', keyedPartitions: 6 });
    await chosen.ensureTopics([keyed, other]);
    expect(await chosen.checkTopics([keyed, other])).toEqual([]);
    expect(await bus.checkTopics([keyed, other])).toEqual([expect.stringContaining('has 6 partitions instead of 48')]);
    const seen = recordCollector();
    const subscription = await chosen.subscribe({
      group: `${keyed.name}-group`,
      topics: [keyed],
      route: () => ({ shape: 'key', name: 'h', handle: seen.one }),
    });
    for (const n of range(40)) await chosen.publish(keyed, { key: `a/${n}`, value: Buffer.from(String(n)) });
    await seen.wait(40);
    await subscription.close();
    await chosen.close();
  });

  it('reports every difference between a topic and the design', async () => {
    const topic: Topic = { ...topicOf(4), retentionMs: 7_200_000 };
    const admin = new Kafka({ brokers, clientId: 'operator', logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await bus.ensureTopics([topic]);
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: topic.name,
          configEntries: [
            { name: 'cleanup.policy', value: 'compact' },
            { name: 'retention.ms', value: '1000' },
            { name: 'max.message.bytes', value: '100000' },
            { name: 'message.timestamp.type', value: 'CreateTime' },
          ],
        },
      ],
    });
    await admin.disconnect();
    const demanding = new KafkaBus({ ...noopTelemetry, brokers, clientId: 'demanding', onCrash: 'exit', replication: 3 });
    await expectSoon(async () =>
      expect(await demanding.checkTopics([{ ...topic, partitions: 8 }])).toEqual([
        expect.stringContaining('has 4 partitions instead of 8'),
        expect.stringContaining('has 1 replicas instead of 3'),
        expect.stringContaining('cleanup.policy=compact instead of delete'),
        expect.stringContaining('keeps records 1000 ms instead of 7200000'),
        expect.stringContaining('max.message.bytes=100000'),
        expect.stringContaining('message.timestamp.type=CreateTime'),
      ]),
    );
    await demanding.close();
  });

  it('tells the publisher of a record that the broker finds too large, and holds up nothing behind it', async () => {
    const topic = topicOf(1);
    const other = topicOf(2);
    await bus.ensureTopics([topic, other]);
    const admin = new Kafka({ brokers, clientId: 'operator', logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const configEntries = [{ name: 'max.message.bytes', value: '20000' }]; // an operator's own limit, smaller than ours
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic.name, configEntries }] });
    await admin.disconnect();
    const seen = recordCollector();
    const group = `${topic.name}-group`;
    const route = () => ({ shape: 'key' as const, name: 'h', handle: seen.one });
    const subscriptions = [await bus.subscribe({ group, topics: [topic], route }), await bus.subscribe({ group, topics: [other], route })];
    const large = randomBytes(100_000); // does not compress
    const send = (to: Topic, value: Uint8Array | string) => bus.publish(to, { key: 'a/1', value: Buffer.from(value) });
    await expectSoon(async () => expect(await send(topic, large).catch((error: unknown) => error)).toBeInstanceOf(RecordRefused));
    const results = await Promise.allSettled([send(topic, 'before'), send(topic, large), send(other, 'elsewhere'), send(topic, 'after')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: expect.any(RecordRefused) });
    const taken = () => new Set(seen.texts().filter((text) => text.length < 20)); // the large one, before the broker knew its limit; some twice
    await expectSoon(async () => expect(taken()).toEqual(new Set(['before', 'after', 'elsewhere'])));
    expect(bus.available).toBe(true);
    await Promise.all(subscriptions.map((subscription) => subscription.close()));
  });

  it('reads what other clients compress, gzip and snappy', async () => {
    const topic = topicOf(1);
    await bus.ensureTopics([topic]);
    const seen = recordCollector();
    const subscription = await bus.subscribe({
      group: `${topic.name}-group`,
      topics: [topic],
      route: () => ({ shape: 'key', name: 'h', handle: seen.one }),
    });
    const producer = new Kafka({ brokers, clientId: 'other', logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    for (const compression of [1, 2])
      await producer.send({ topic: topic.name, compression, messages: [{ key: 'a/1', value: `by ${compression}` }] });
    await producer.disconnect();
    await seen.wait(2);
    expect(seen.texts()).toEqual(['by 1', 'by 2']);
    await subscription.close();
  });
});
