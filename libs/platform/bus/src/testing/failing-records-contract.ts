import { DEAD_LETTERS } from '@voltbus/contracts';
import { expectSoon, range } from '@voltbus/testing';
import { PoisonError, TransientError } from '../port';
import { ORIGIN_HEADERS } from '../runner/dead-letters';
import { partitionOf } from '../partition-of';
import { type BusHarness } from './bus-harness';
import { recordCollector } from './record-collector';

/** What becomes of a record that fails, on every bus. */
export function failingRecordsContract(harness: BusHarness): void {
  const { newTopic, subscribe, byKey, byBatch, send } = harness;

  describe('records that fail', () => {
    it('waits out a dependency that is away: nothing lost, nothing dead-lettered, order kept', async () => {
      const topic = await newTopic();
      const seen = recordCollector();
      const deadLettered = recordCollector();
      let away = true;
      await byKey(
        topic,
        async (record) => {
          if (away && record.key === 'a/1') throw new TransientError('the database is away');
          await seen.one(record);
        },
        { onDeadLetter: deadLettered.one },
      );
      await Promise.all(range(40).map((n) => send(topic, `a/${n % 4}`, String(n))));
      await seen.wait(30); // the other keys are not held up
      expect(seen.byKey().has('a/1')).toBe(false);
      away = false;
      await seen.wait(40);
      expect(seen.byKey().get('a/1')).toEqual(range(10).map((n) => String(4 * n + 1)));
      expect(seen.count()).toBe(40);
      expect(deadLettered.count()).toBe(0);
    });

    it('dead-letters poison at once, with its origin, and goes on', async () => {
      const topic = await newTopic();
      const letters = recordCollector();
      harness.closeAfterTest(
        await harness.bus.follow({
          name: 'dead-letters',
          topic: DEAD_LETTERS,
          handle: (record) => {
            if (record.headers[ORIGIN_HEADERS.topic]?.toString() === topic.name) void letters.one(record);
          },
        }),
      );
      const seen = recordCollector();
      let tries = 0;
      await byKey(
        topic,
        async (record) => {
          if (record.value.toString() === 'poison') {
            tries += 1;
            throw new PoisonError('not a message');
          }
          await seen.one(record);
        },
        { group: `${harness.prefix}-poisoned` },
      );
      await harness.bus.publish(topic, { key: 'a/1', value: Buffer.from('poison'), headers: { m: 'packed' } });
      await send(topic, 'a/1', 'next');
      await seen.wait(1);
      const [letter] = await letters.wait(1);
      expect(tries).toBe(1);
      expect(letter?.key).toBe('a/1');
      expect(letter?.value.toString()).toBe('poison');
      expect(Object.fromEntries(Object.entries(letter?.headers ?? {}).map(([name, value]) => [name, value?.toString()]))).toEqual({
        m: 'packed',
        'origin-topic': topic.name,
        'origin-partition': String(partitionOf('a/1', 4)),
        'origin-offset': '0',
        'origin-group': `${harness.prefix}-poisoned`,
        'origin-handler': 'by-key',
        'origin-kind': 'poison',
        'origin-error': 'PoisonError: not a message',
        'origin-attempts': '1',
        'origin-time': expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      });
    });

    it('tries a defect three times before it is dead-lettered', async () => {
      const topic = await newTopic();
      const deadLettered: string[] = [];
      const tries = new Map<string, number>();
      const seen = recordCollector();
      await byKey(
        topic,
        async (record) => {
          const tried = (tries.get(record.value.toString()) ?? 0) + 1;
          tries.set(record.value.toString(), tried);
          if (record.value.toString() === 'always' || (record.value.toString() === 'twice' && tried < 3))
            throw new Error('undefined is not a function');
          await seen.one(record);
        },
        { onDeadLetter: async (record, cause) => void deadLettered.push(`${record.value} ${cause.kind} ${cause.attempts}`) },
      );
      for (const text of ['always', 'twice', 'never']) await send(topic, 'a/1', text);
      await seen.wait(2);
      expect(seen.texts()).toEqual(['twice', 'never']);
      expect(deadLettered).toEqual(['always defect 3']);
      expect(tries.get('always')).toBe(3);
    });

    it('finds the culprit in a batch and writes all others', async () => {
      const topic = await newTopic();
      const deadLettered: string[] = [];
      const seen = recordCollector();
      await Promise.all(range(100).map((n) => send(topic, `a/${n % 9}`, String(n))));
      await byBatch(
        topic,
        async (records) => {
          if (records.some((record) => record.value.toString() === '42')) throw new PoisonError('numeric field overflow');
          for (const record of records) await seen.one(record);
        },
        { onDeadLetter: async (record) => void deadLettered.push(record.value.toString()) },
      );
      await seen.wait(99);
      await expectSoon(async () => expect(deadLettered).toEqual(['42']));
      expect(seen.count()).toBe(99);
      for (const values of seen.byKey().values()) expect(values).toEqual([...values].sort((a, b) => Number(a) - Number(b)));
    });

    it('treats a record whose routing throws as poison', async () => {
      const topic = await newTopic();
      const deadLettered: string[] = [];
      const seen = recordCollector();
      await subscribe({
        topics: [topic],
        route: (record) => {
          if (record.value.toString() === 'odd') throw new Error('no such frame version');
          return { shape: 'key', name: 'even', handle: seen.one };
        },
        onDeadLetter: async (record, cause) => void deadLettered.push(`${record.value} ${cause.kind} ${cause.handler}`),
      });
      await send(topic, 'a/1', 'odd');
      await send(topic, 'a/1', 'even');
      await seen.wait(1);
      expect(deadLettered).toEqual(['odd poison route']);
    });
  });
}
