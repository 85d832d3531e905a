import { expectSoon, range } from '@voltbus/testing';
import { always, type BusHarness } from './bus-harness';
import { recordCollector } from './record-collector';

/** How every bus shares records among groups and their members. */
export function groupsContract(harness: BusHarness): void {
  const { newTopic, subscribe, byKey, send } = harness;

  describe('groups', () => {
    it('starts a group without offsets at the beginning and skips nothing', async () => {
      const topic = await newTopic();
      await Promise.all(range(20).map((n) => send(topic, `a/${n}`, `early ${n}`)));
      const seen = recordCollector();
      await byKey(topic, seen.one);
      await send(topic, 'a/1', 'late');
      await seen.wait(21);
      expect(new Set(seen.texts())).toEqual(new Set([...range(20).map((n) => `early ${n}`), 'late']));
    });

    it('goes on where the group was when its last member left', async () => {
      const topic = await newTopic();
      const first = recordCollector();
      const subscription = await byKey(topic, first.one);
      await Promise.all(range(10).map((n) => send(topic, `a/${n}`, `first ${n}`)));
      await first.wait(10);
      await subscription.close();
      await Promise.all(range(10).map((n) => send(topic, `a/${n}`, `second ${n}`)));
      const second = recordCollector();
      await byKey(topic, second.one);
      await second.wait(10);
      expect(second.texts().sort()).toEqual(
        range(10)
          .map((n) => `second ${n}`)
          .sort(),
      );
    });

    it("gives every group all records, and shares a group's partitions among its members", async () => {
      const topic = await newTopic(6);
      const [one, two, other] = [recordCollector(), recordCollector(), recordCollector()];
      await byKey(topic, one.one);
      await subscribe({ topics: [topic], route: always({ shape: 'key', name: 'two', handle: two.one }) }, harness.anotherBus());
      await byKey(topic, other.one, { group: harness.unique('other') });
      const sent: string[] = [];
      const round = async () => {
        const texts = range(6).map((partition) => `${sent.length / 6}/${partition}`);
        sent.push(...texts);
        await Promise.all(
          texts.map((text, partition) => harness.bus.publish(topic, { key: `a/${partition}`, value: Buffer.from(text), partition })),
        );
        return texts;
      };
      await expectSoon(async () => {
        await round();
        expect(one.count()).toBeGreaterThan(0);
        expect(two.count()).toBeGreaterThan(0);
      });
      const shared = await round(); // both are members now
      const group = () => [...one.texts(), ...two.texts()];
      await expectSoon(async () => expect(new Set(group())).toEqual(new Set(sent)));
      const shares = [one, two].map((member) => member.texts().filter((text) => shared.includes(text)));
      expect(shares.flat().sort()).toEqual(shared);
      for (const share of shares) expect(share).not.toEqual([]);
      await other.wait(sent.length);
      expect(other.texts().sort()).toEqual(sent.sort());
    });

    it('lets one group read different topics by different subscriptions', async () => {
      const [lane, events] = [await newTopic(), await newTopic(3)];
      const [fromLane, fromEvents] = [recordCollector(), recordCollector()];
      const group = `${harness.prefix}-service`;
      await byKey(lane, fromLane.one, { group });
      await byKey(events, fromEvents.one, { group });
      await Promise.all(range(12).flatMap((n) => [send(lane, `a/${n}`, 'lane'), send(events, `a/${n}`, 'event')]));
      await fromLane.wait(12);
      await fromEvents.wait(12);
      expect(new Set(fromLane.texts())).toEqual(new Set(['lane']));
      expect(new Set(fromEvents.texts())).toEqual(new Set(['event']));
    });
  });
}
