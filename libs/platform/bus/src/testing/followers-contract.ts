import { expectSoon, range } from '@voltbus/testing';
import { type BusHarness } from './bus-harness';
import { recordCollector } from './record-collector';

/** What every bus promises to followers. */
export function followersContract(harness: BusHarness): void {
  const { newTopic, byKey, send } = harness;

  describe('followers', () => {
    it('read one partition from now on, in order, and survive their own errors', async () => {
      const topic = await newTopic(4);
      const bucket = (text: string, partition = 2) => harness.bus.publish(topic, { key: 'a/1', value: Buffer.from(text), partition });
      await bucket('before');
      const seen = recordCollector();
      const follower = await harness.bus.follow({
        name: 'bucket-2',
        topic,
        partition: 2,
        handle: (record) => {
          if (record.value.toString() === '3') throw new Error('odd');
          void seen.one(record);
        },
      });
      harness.closeAfterTest(follower);
      expect(follower.healthy).toBe(true);
      await Promise.all(range(6).map((n) => bucket(String(n))));
      await bucket('elsewhere', 1);
      await bucket('last');
      await seen.wait(6);
      expect(seen.texts()).toEqual(['0', '1', '2', '4', '5', 'last']);
      await follower.close();
      await bucket('after');
      const control = recordCollector();
      await byKey(topic, control.one);
      await control.wait(10);
      expect(seen.count()).toBe(6);
    });

    it('share a bucket without disturbing each other', async () => {
      const topic = await newTopic(2);
      const [one, two] = [recordCollector(), recordCollector()];
      harness.closeAfterTest(await harness.bus.follow({ name: 'same', topic, partition: 1, handle: (record) => void one.one(record) }));
      harness.closeAfterTest(
        await harness.anotherBus().follow({ name: 'same', topic, partition: 1, handle: (record) => void two.one(record) }),
      );
      await harness.bus.publish(topic, { key: 'a/1', value: Buffer.from('x'), partition: 1 });
      expect((await one.wait(1)).length).toBe(1);
      expect((await two.wait(1)).length).toBe(1);
    });

    it('read all partitions when none is named', async () => {
      const topic = await newTopic(5);
      const seen = recordCollector();
      harness.closeAfterTest(await harness.bus.follow({ name: 'all', topic, handle: (record) => void seen.one(record) }));
      await Promise.all(range(5).map((partition) => harness.bus.publish(topic, { key: 'a/1', value: Buffer.from('x'), partition })));
      expect((await seen.wait(5)).map((record) => record.partition).sort()).toEqual([0, 1, 2, 3, 4]);
    });

    it('read several topics as one, each from now on and in order', async () => {
      const topics = [await newTopic(3), await newTopic(2)] as const;
      await Promise.all(topics.map((topic) => send(topic, 'a/1', 'before')));
      const seen = recordCollector();
      const follower = await harness.bus.follow({ name: 'several', topic: topics, handle: (record) => void seen.one(record) });
      harness.closeAfterTest(follower);
      const elsewhere = await newTopic(1);
      await Promise.all(range(10).flatMap((n) => [...topics, elsewhere].map((topic) => send(topic, 'a/1', String(n)))));
      const records = await seen.wait(20);
      for (const { name } of topics)
        expect(records.filter((record) => record.topic === name).map(({ value }) => value.toString())).toEqual(range(10).map(String));
      await expectSoon(async () => expect(await follower.lag()).toBe(0));
      expect(seen.count()).toBe(20);
    });
  });
}
