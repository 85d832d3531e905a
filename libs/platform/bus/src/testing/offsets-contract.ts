import { expectSoon, gate } from '@voltbus/testing';
import { type BusRecord } from '../port';
import { always, type BusHarness } from './bus-harness';
import { recordCollector } from './record-collector';

/** When every bus commits, and what a subscription knows of its progress. */
export function offsetsContract(harness: BusHarness): void {
  const { newTopic, subscribe, byKey, send } = harness;

  describe('offsets', () => {
    it('commits only when the work beside a handler is done', async () => {
      const topic = await newTopic(1);
      const replied = gate();
      const seen = recordCollector();
      const subscription = await byKey(topic, async (record, context) => {
        context.settle(replied.opened);
        await seen.one(record);
      });
      await send(topic, 'a/1', 'x');
      await seen.wait(1);
      await expectSoon(async () => expect(await subscription.lag()).toBe(1));
      const closing = subscription.close();
      replied.open();
      await closing;
      const again = recordCollector();
      const next = await byKey(topic, again.one);
      await send(topic, 'a/1', 'y');
      await again.wait(1);
      expect(again.texts()).toEqual(['y']);
      await expectSoon(async () => expect(await next.lag()).toBe(0));
    });

    it('finishes the batch in hand when it leaves', async () => {
      const topic = await newTopic(1);
      const slow = gate();
      const seen = recordCollector();
      const subscription = await byKey(topic, async (record) => {
        await seen.one(record);
        await slow.opened;
      });
      await send(topic, 'a/1', 'in hand');
      await seen.wait(1);
      let left = false;
      const leaving = subscription.close().then(() => (left = true));
      const control = recordCollector();
      await byKey(topic, control.one, { group: harness.unique('control') });
      await send(topic, 'a/1', 'next');
      await control.wait(2); // a group has come and read meanwhile
      expect(left).toBe(false);
      slow.open();
      await leaving;
      const again = recordCollector();
      await byKey(topic, again.one);
      await again.wait(1);
      expect(again.texts()).toEqual(['next']);
    });

    it('knows its lag, and which instants it has passed', async () => {
      const topic = await newTopic(2);
      const held = gate();
      const subscription = await byKey(topic, () => held.opened);
      await expectSoon(async () => expect(await subscription.lag()).toBe(0));
      await expectSoon(async () => expect(await subscription.passed(Date.now())).toBe(true));
      await Promise.all([send(topic, 'a/1', 'x'), send(topic, 'a/2', 'y'), send(topic, 'a/3', 'z')]);
      const afterwards = Date.now() + 1;
      await expectSoon(async () => expect(await subscription.lag()).toBe(3));
      expect(await subscription.passed(afterwards)).toBe(false);
      await expectSoon(async () => expect(await subscription.passed(Date.now() - 60_000)).toBe(true));
      held.open();
      await expectSoon(async () => expect(await subscription.lag()).toBe(0));
      await expectSoon(async () => expect(await subscription.passed(afterwards)).toBe(true));
      expect(subscription.healthy).toBe(true);
    });

    it('has passed an instant only when every member of its group has', async () => {
      const topic = await newTopic(4);
      const held = gate();
      const seen = recordCollector();
      const handle = async (record: BusRecord): Promise<void> => {
        await held.opened;
        await seen.one(record);
      };
      const members = [
        await byKey(topic, handle),
        await subscribe({ topics: [topic], route: always({ shape: 'key', name: 'other', handle }) }, harness.anotherBus()),
      ];
      await expectSoon(async () => expect(members.every(({ healthy }) => healthy)).toBe(true));
      await send(topic, 'a/1', 'x'); // in the partition of one of them
      const afterwards = Date.now() + 1;
      for (const member of members) expect(await member.passed(afterwards)).toBe(false);
      held.open();
      await seen.wait(1);
      for (const member of members) await expectSoon(async () => expect(await member.passed(afterwards)).toBe(true));
    });
  });
}
