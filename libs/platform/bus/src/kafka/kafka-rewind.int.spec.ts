import { randomUUID } from 'node:crypto';
import type { Topic } from '@voltbus/contracts';
import { noopTelemetry } from '@voltbus/telemetry';
import { testKafka, until } from '@voltbus/testing';
import type { Subscription } from '../port';
import { KafkaBus } from './kafka-bus';
import { rewindGroups } from './kafka-rewind';

const TOPIC: Topic = {
  ...{ name: `rewind-${randomUUID()}`, partitions: 2, retentionMs: 3_600_000 },
  ...{ owner: 'router', writers: ['router'], readers: ['router'], settledBy: [] },
};
const GROUP = `rewound-${randomUUID()}`;

let bus: KafkaBus;
const handled: string[] = [];
beforeAll(async () => {
  bus = new KafkaBus({ ...noopTelemetry, brokers: testKafka().brokers, clientId: 'test', onCrash: 'rebuild' });
  await bus.ensureTopics([TOPIC]);
});
afterAll(() => bus.close());

const subscribe = (): Promise<Subscription> =>
  bus.subscribe({
    group: GROUP,
    topics: [TOPIC],
    route: () => ({ shape: 'key', name: 'test', handle: async ({ key, value }) => void handled.push(`${key} ${value}`) }),
  });
const publish = (...values: string[]): Promise<unknown> =>
  Promise.all(values.flatMap((value) => ['a/1', 'a/2'].map((key) => bus.publish(TOPIC, { key, value: Buffer.from(value) }))));
const rewind = (to: number): Promise<string[]> =>
  rewindGroups({ brokers: testKafka().brokers, access: {}, chosen: (group) => group.startsWith(GROUP), to });

it('has a group read again what was taken since an instant, in every partition, and never moves one forward', async () => {
  const first = await subscribe();
  await publish('before');
  await until('the first records are handled', () => handled.length === 2);
  const instant = Date.now() + 1; // both clocks are of this machine
  await until('the instant has passed', () => Date.now() > instant);
  await publish('lost', 'lost too');
  await until('the others are handled', () => handled.length === 6);
  await expect(rewind(instant)).rejects.toThrow(`stop the processes that read them first: ${GROUP}`);
  await first.close();

  expect(await rewind(instant)).toEqual([`${GROUP}:${TOPIC.name}`]);
  handled.length = 0;
  const second = await subscribe();
  await until('the lost records are handled again', () => handled.length >= 4);
  await second.close();
  expect([...handled].sort()).toEqual(['a/1 lost', 'a/1 lost too', 'a/2 lost', 'a/2 lost too']);

  await rewind(instant);
  await rewind(Date.now()); // a later instant does not skip what is to be read again
  handled.length = 0;
  const third = await subscribe();
  await until('they are handled once more', () => handled.length >= 4);
  await third.close();
  expect(handled).toHaveLength(4);
});
