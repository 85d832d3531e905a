import { Kafka, logLevel, type Consumer } from 'kafkajs';
import { type Topic } from '@voltbus/contracts';
import { expectSoon, testKafka } from '@voltbus/testing';
import { KafkaBus, type KafkaBusOptions } from './kafka-bus';
import { groupIdOf } from './kafka-group';
import { noopTelemetry } from '@voltbus/telemetry';

/** Kafka refuses a member whose assigner the others do not know: a crash that trying again within kafkajs does not heal. */
describe('a consumer that crashes', () => {
  const { brokers } = testKafka();
  const buses: KafkaBus[] = [];
  let intruder: Consumer;
  let topic: Topic;
  let group: string;

  beforeEach(async () => {
    topic = {
      name: `crash-${process.pid}-${Date.now()}`,
      partitions: 2,
      owner: 'router',
      writers: ['router'],
      readers: ['router'],
      settledBy: [],
      retentionMs: 3_600_000,
    };
    group = `${topic.name}-group`;
    await newBus({}).ensureTopics([topic]);
    intruder = new Kafka({ brokers, clientId: 'intruder', logLevel: logLevel.NOTHING }).consumer({
      groupId: groupIdOf({ group, topics: [topic] }),
    });
    await intruder.connect();
    await intruder.subscribe({ topics: [topic.name] });
    const joined = new Promise((resolve) => intruder.on(intruder.events.GROUP_JOIN, resolve));
    await intruder.run({ eachMessage: async () => undefined });
    await joined;
  });
  afterEach(async () => {
    await intruder.disconnect();
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
  });

  function newBus(options: Partial<KafkaBusOptions>): KafkaBus {
    const bus = new KafkaBus({ ...noopTelemetry, brokers, clientId: 'crash', onCrash: 'rebuild', ...options });
    buses.push(bus);
    return bus;
  }
  const subscribe = (bus: KafkaBus, seen: string[]) =>
    bus.subscribe({
      group,
      topics: [topic],
      route: () => ({ shape: 'key', name: 'h', handle: async ({ value }) => void seen.push(value.toString()) }),
    });

  it('is built anew in a process that has sockets to keep', async () => {
    const seen: string[] = [];
    let lives = 0;
    const built = (_: object, message: string) => void (message === 'building the consumer anew' && lives++);
    const logger = { ...noopTelemetry.logger, warn: built };
    const bus = newBus({ onCrash: 'rebuild', exit: () => seen.push('left'), logger });
    let joined = false;
    const joining = subscribe(bus, seen).then((subscription) => {
      joined = true;
      return subscription;
    });
    await expectSoon(async () => expect(lives).toBeGreaterThan(2));
    expect(joined).toBe(false);
    await intruder.disconnect();
    const subscription = await joining;
    await bus.publish(topic, { key: 'a/1', value: Buffer.from('x') });
    await expectSoon(async () => expect(seen).toEqual(['x']));
    expect(subscription.healthy).toBe(true);
  });

  it('ends a process that its supervisor starts again', async () => {
    let exits = 0;
    const bus = newBus({ onCrash: 'exit', exit: () => void (exits += 1) });
    void subscribe(bus, []);
    await expectSoon(async () => expect(exits).toBe(1));
  });
});
