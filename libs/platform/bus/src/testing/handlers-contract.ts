import { expectSoon, range } from '@voltbus/testing';
import { type BusRecord, type Handler } from '../port';
import { MAX_BATCH_RECORDS } from '../runner/batch-scheduler';
import { type BusHarness } from './bus-harness';
import { recordCollector } from './record-collector';

/** How every bus calls handlers of both shapes. */
export function handlersContract(harness: BusHarness): void {
  const { newTopic, subscribe, byKey, send } = harness;

  describe('handlers', () => {
    it('handles different keys at once, up to the bound, and the same key never', async () => {
      const topic = await newTopic(3);
      const running = new Set<string>();
      let most = 0;
      const twice: string[] = [];
      const seen = recordCollector();
      await byKey(
        topic,
        async (record) => {
          if (running.has(record.key)) twice.push(record.key);
          running.add(record.key);
          most = Math.max(most, running.size);
          await new Promise((later) => setTimeout(later, 2));
          running.delete(record.key);
          await seen.one(record);
        },
        { concurrency: 4 },
      );
      await Promise.all(range(120).map((n) => send(topic, `a/${n % 12}`, String(n))));
      await seen.wait(120);
      expect(twice).toEqual([]);
      expect(most).toBe(4);
    });

    it('writes many facts by one call, bounded, and keeps the order of a key across both shapes', async () => {
      const topic = await newTopic();
      const story = new Map<string, string[]>();
      const tell = (record: BusRecord) => story.set(record.key, [...(story.get(record.key) ?? []), record.value.toString()]);
      const sizes: number[] = [];
      const facts: Handler = {
        shape: 'batch',
        name: 'facts',
        handle: async (records) => {
          sizes.push(records.length);
          records.forEach(tell);
        },
      };
      const statuses: Handler = { shape: 'batch', name: 'statuses', handle: async (records) => records.forEach(tell) };
      const decisions: Handler = {
        shape: 'key',
        name: 'decisions',
        handle: async (record) => {
          await new Promise((turn) => setImmediate(turn));
          tell(record);
        },
      };
      const kinds = [facts, decisions, facts, statuses, facts, facts, decisions, decisions];
      const expected = new Map<string, string[]>();
      const sent = range(2_400).map((n) => {
        const key = `a/${n % 30}`;
        const published = expected.get(key) ?? [];
        expected.set(key, [...published, String(n)]);
        return harness.bus.publish(topic, {
          key,
          value: Buffer.from(String(n)),
          headers: { kind: String(published.length % kinds.length) },
        });
      });
      await Promise.all(sent);
      await subscribe({ topics: [topic], route: (record) => kinds[Number(record.headers['kind'])] ?? null });
      await expectSoon(async () => expect([...story.values()].reduce((sum, published) => sum + published.length, 0)).toBe(2_400));
      expect(story).toEqual(expected);
      expect(Math.max(...sizes)).toBeGreaterThanOrEqual(8); // 30 keys: one of the 4 partitions has as many, and may come alone
      expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_BATCH_RECORDS);
    });

    it('skips what no handler takes', async () => {
      const topic = await newTopic();
      const seen = recordCollector();
      const subscription = await subscribe({
        topics: [topic],
        route: (record) => (record.value.toString() === 'mine' ? { shape: 'key', name: 'mine', handle: seen.one } : null),
      });
      await Promise.all(['other', 'mine', 'other'].map((text) => send(topic, 'a/1', text)));
      await seen.wait(1);
      await expectSoon(async () => expect(await subscription.lag()).toBe(0));
      expect(seen.texts()).toEqual(['mine']);
    });
  });
}
