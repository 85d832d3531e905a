import { type Topic } from '@voltbus/contracts';
import { noopTelemetry } from '@voltbus/telemetry';
import { expectSoon, testKafka } from '@voltbus/testing';
import { BusTelemetry } from '../telemetry';
import { sharedAssigner } from './assigners';
import { KafkaAdmin, kafkaClient } from './kafka-client';
import { KafkaConsumer } from './kafka-consumer';
import { createTopics } from './topics';

const PARTITIONS = 8;

/**
 * kafkajs does not stop a consumer that is still joining, and starts one again that loses its connection: beside its successor it would hold its share of
 * the partitions, which nobody reads.
 */
describe('a consumer that is built anew while it joins', () => {
  const groupId = `anew-${process.pid}-${Date.now()}`;
  const topic: Topic = {
    ...{ name: `${groupId}-topic`, partitions: PARTITIONS, retentionMs: 3_600_000 },
    ...{ owner: 'router', writers: ['router'], readers: ['router'], settledBy: [] },
  };
  const kafka = kafkaClient({ ...testKafka(), clientId: 'anew', logger: noopTelemetry.logger });
  const admin = new KafkaAdmin(kafka);

  const consumerWith = (onJoin: () => void) =>
    new KafkaConsumer({
      ...{ kafka, admin, topics: [topic.name], groupId, partitions: PARTITIONS, fromBeginning: true },
      ...{
        assigner: sharedAssigner([topic]),
        telemetry: new BusTelemetry(noopTelemetry.logger, noopTelemetry.metrics),
        onCrash: 'rebuild',
      },
      exit: () => undefined,
      onJoin,
      eachBatch: async () => undefined,
    });

  /** A member that does not know of a rebalance yet makes the others wait for it. */
  const busyMember = async () => {
    const member = kafka.consumer({ groupId, partitionAssigners: [sharedAssigner([topic])], rebalanceTimeout: 30_000 });
    let finish = (): void => undefined;
    const busy = new Promise<void>((resolve) => (finish = resolve));
    const started = new Promise<void>((resolve) => {
      void member.connect().then(async () => {
        await member.subscribe({ topics: [topic.name], fromBeginning: true });
        await member.run({ eachMessage: () => (resolve(), busy) });
      });
    });
    await started;
    return { finish, leave: () => member.disconnect() };
  };

  const group = async () => (await admin.ask((one) => one.describeGroups([groupId]))).groups[0];

  it('leaves no member of its former life in the group', async () => {
    await admin.ask((one) => createTopics(one, [topic], 1));
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic: topic.name, messages: [{ value: 'keeps the first member busy' }] });
    await producer.disconnect();
    const first = await busyMember();
    let joins = 0;
    const consumer = consumerWith(() => (joins += 1));
    const started = consumer.start();
    await expectSoon(async () => expect((await group())?.state).toBe('PreparingRebalance'));
    consumer.rebuild();
    await started;
    first.finish();
    await first.leave();
    await expectSoon(async () => expect(joins).toBeGreaterThan(0));
    await consumer.fetched();
    await expectSoon(async () => {
      const { state, members } = (await group()) ?? { state: 'gone', members: [] };
      expect([state, members.length]).toEqual(['Stable', 1]);
    });
    await consumer.close();
    await admin.close();
  });
});
