import { randomUUID } from 'node:crypto';
import type { Admin, Producer } from 'kafkajs';
import { noopTelemetry } from '@voltbus/telemetry';
import { testKafka, until } from '@voltbus/testing';
import { kafkaClient } from './kafka-client';
import { KafkaInspection } from './kafka-inspection';

const CLUSTER = { brokers: testKafka().brokers, access: {}, clientId: 'test' };
const HOUR_MS = 3_600_000;

const kafka = kafkaClient({ ...CLUSTER, logger: noopTelemetry.logger });
const inspection = new KafkaInspection(CLUSTER);
let admin: Admin;
let producer: Producer;
beforeAll(async () => {
  [admin, producer] = [kafka.admin(), kafka.producer()];
  await Promise.all([admin.connect(), producer.connect()]);
});
afterAll(() => Promise.all([inspection.close(), admin.disconnect(), producer.disconnect()]));

let topic: string;
let group: string;
beforeEach(async () => {
  [topic, group] = [`inspected-${randomUUID()}`, `group-${randomUUID()}`];
  await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true });
});
const publish = (...partitions: number[]) =>
  producer.send({ topic, messages: partitions.map((partition) => ({ partition, key: 'a/1', value: '{}' })) });
/** kafkajs may end the member that it commits with before it committed. */
const commit = (partition: number, offset: number) =>
  until('the offset is committed', async () => {
    await admin.setOffsets({ groupId: group, topic, partitions: [{ partition, offset: String(offset) }] });
    const [committed] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    return committed?.partitions.some((one) => one.partition === partition && one.offset === String(offset)) === true;
  });
const inspected = (instant: number) => inspection.groups([group], instant);

it('counts what a group never read from its first record, and calls it behind only for records older than the instant', async () => {
  await publish(0, 0, 1);
  await commit(0, 2);
  expect(await inspected(Date.now() + HOUR_MS)).toMatchObject([{ group, members: 0, lag: 1, behind: true }]);
  expect(await inspected(Date.now() - HOUR_MS)).toMatchObject([{ lag: 1, behind: false }]);

  await commit(1, 1);
  expect(await inspected(Date.now() + HOUR_MS)).toMatchObject([{ lag: 0, behind: false }]);
  const instant = Date.now() + 1; // both clocks are of this machine
  await until('the instant has passed', () => Date.now() > instant);
  await publish(0, 1);
  expect(await inspected(instant)).toMatchObject([{ lag: 2, behind: false }]);
});

it('does not call a group behind for a partition that is empty and was never read', async () => {
  await publish(1);
  await commit(1, 0);
  expect(await inspected(Date.now() - HOUR_MS)).toMatchObject([{ lag: 1, behind: false }]);
  expect(await inspected(Date.now() + HOUR_MS)).toMatchObject([{ lag: 1, behind: true }]);
});
