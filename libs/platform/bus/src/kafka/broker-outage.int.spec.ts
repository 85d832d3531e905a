import { type Topic } from '@voltbus/contracts';
import { expectSoon, ownKafka, range } from '@voltbus/testing';
import { Kafka, logLevel } from 'kafkajs';
import { KafkaBus } from './kafka-bus';
import { noopTelemetry } from '@voltbus/telemetry';

jest.setTimeout(400_000);
/** How long a publisher waits here: a broker of a busy machine takes its time to come back, and that is not what is judged. */
const PATIENT = { timeoutMs: 90_000 };

const OUTAGE_MS = 5_000;
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a broker that dies', () => {
  let kafka: Awaited<ReturnType<typeof ownKafka>>;
  const buses: KafkaBus[] = [];

  beforeAll(async () => {
    kafka = await ownKafka();
  });
  afterAll(async () => {
    await Promise.all(buses.map((bus) => bus.close()));
    await kafka.stop();
  });

  function newBus(options: { downAfterMs?: number } = {}): KafkaBus {
    const bus = new KafkaBus({
      ...noopTelemetry,
      brokers: kafka.brokers,
      clientId: `test-${buses.length}`,
      onCrash: 'rebuild',
      ...options,
    });
    buses.push(bus);
    return bus;
  }
  const topicOf = (name: string, partitions: number): Topic => ({
    name: `${name}-${Date.now()}`,
    partitions,
    owner: 'router',
    writers: ['router'],
    readers: ['router'],
    settledBy: [],
    retentionMs: 3_600_000,
  });

  it('killed with -9 and back after five seconds: no record lost, none reordered within a key, no publisher misinformed', async () => {
    const bus = newBus();
    const [lane, downlink] = [topicOf('lane', 12), topicOf('downlink', 8)];
    await bus.ensureTopics([lane, downlink]);
    const handled = new Map<string, number[]>();
    const subscription = await bus.subscribe({
      group: `group-${lane.name}`,
      topics: [lane],
      route: () => ({
        shape: 'key',
        name: 'h',
        handle: async ({ key, value }) => void handled.set(key, [...(handled.get(key) ?? []), Number(value.toString())]),
      }),
    });
    const followed: number[] = [];
    const follower = await bus.follow({
      name: 'bucket',
      topic: downlink,
      partition: 3,
      handle: ({ value }) => void followed.push(Number(value.toString())),
    });

    const published: Promise<void>[] = [];
    let rounds = 0;
    let publishing = true;
    const load = (async () => {
      while (publishing) {
        const value = Buffer.from(String(rounds++));
        published.push(
          ...range(10).map((n) => bus.publish(lane, { key: `a/${n}`, value }, PATIENT)),
          bus.publish(downlink, { key: 'a/1', value, partition: 3 }, PATIENT),
        );
        await later(20);
      }
    })();
    await later(2_000);
    await kafka.kill();
    await later(OUTAGE_MS);
    await kafka.start();
    await later(3_000);
    publishing = false;
    await load;

    expect((await Promise.allSettled(published)).filter((result) => result.status === 'rejected')).toEqual([]);
    await expectSoon(
      async () => expect([...handled.values()].map((values) => new Set(values).size)).toEqual(range(10).map(() => rounds)),
      PATIENT.timeoutMs,
    );
    for (const values of handled.values()) expect([...new Set(values)]).toEqual(range(rounds));
    await expectSoon(async () => expect(new Set(followed).size).toBe(rounds), PATIENT.timeoutMs);
    expect([...new Set(followed)]).toEqual(range(rounds));
    await expectSoon(async () => expect([bus.available, subscription.healthy, follower.healthy]).toEqual([true, true, true]));
  });

  it('publishers get an error in time, and everyone gets a notice when it is over', async () => {
    const bus = newBus({ downAfterMs: 1_500 });
    const topic = topicOf('outage', 2);
    await bus.ensureTopics([topic]);
    const send = (timeoutMs: number) => bus.publish(topic, { key: 'a/1', value: Buffer.from('x') }, { timeoutMs });
    await send(PATIENT.timeoutMs);
    const changes: boolean[] = [];
    bus.onAvailability((available) => changes.push(available));
    await kafka.kill();
    await expect(send(500)).rejects.toMatchObject({ name: 'BusUnavailable' });
    expect(bus.available).toBe(true);
    await expectSoon(async () => expect(bus.available).toBe(false));
    await kafka.start();
    await expectSoon(async () => expect(bus.available).toBe(true), PATIENT.timeoutMs);
    await send(PATIENT.timeoutMs);
    expect(changes).toEqual([false, true]);
  });

  it('a subscription that is asked for while it is away is there when it is back', async () => {
    const bus = newBus();
    const topic = topicOf('asked', 2);
    await bus.ensureTopics([topic]);
    await kafka.kill();
    const seen: string[] = [];
    const joining = bus.subscribe({
      group: `group-${topic.name}`,
      topics: [topic],
      route: () => ({ shape: 'key', name: 'h', handle: async ({ value }) => void seen.push(value.toString()) }),
    });
    const sending = bus.publish(topic, { key: 'a/1', value: Buffer.from('x') }, PATIENT);
    await later(1_000);
    await kafka.start();
    await Promise.all([joining, sending]);
    await expectSoon(async () => expect(seen).toEqual(['x']));
  });

  it('a follower that is asked for while it is away is there when it is back', async () => {
    const bus = newBus();
    const topic = topicOf('followed', 2);
    await bus.ensureTopics([topic]);
    await kafka.kill();
    const seen: string[] = [];
    const joining = bus.follow({ name: 'late', topic, partition: 1, handle: ({ value }) => void seen.push(value.toString()) });
    await later(OUTAGE_MS + 3_000); // longer than one question is asked
    await kafka.start();
    await joining;
    await bus.publish(topic, { key: 'a/1', value: Buffer.from('x'), partition: 1 }, PATIENT);
    await expectSoon(async () => expect(seen).toEqual(['x']));
  });

  it('topics that were there are ready only when they are led again: the first question about each is answered', async () => {
    const topics = range(12).map((n) => topicOf(`led-${n}`, 32));
    await newBus().ensureTopics(topics);
    await kafka.kill();
    await kafka.start();
    await newBus().ensureTopics(topics);
    const admin = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING, retry: { retries: 0 } }).admin();
    await admin.connect();
    try {
      for (const { name } of topics) await expect(admin.fetchTopicOffsets(name)).resolves.toHaveLength(32);
    } finally {
      await admin.disconnect();
    }
  });

  it('a bus that is closed does not go on asking', async () => {
    const bus = newBus();
    const topic = topicOf('closed', 1);
    await bus.ensureTopics([topic]);
    await kafka.kill();
    const joining = bus.follow({ name: 'never', topic, handle: () => undefined });
    const refused = expect(joining).rejects.toThrow();
    await bus.close(); // after the question under way, and no other: else Jest's timeout ends it
    await refused;
    await kafka.start();
  });
});
