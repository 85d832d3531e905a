import { expectSoon, range } from '@voltbus/testing';
import { PoisonError } from '../port';
import { DEFECT_ATTEMPTS, QUARANTINE_AFTER, WATCH_AFTER } from '../runner/quarantine';
import { MIN_FAILING_KEYS } from '../runner/stop-rule';
import { type BusHarness } from './bus-harness';
import { recordCollector } from './record-collector';

/** When every bus stops a subscription because a handler fails, and when not. */
export function stopRuleContract(harness: BusHarness): void {
  const { newTopic, byKey, send } = harness;

  describe('records that fail at many stations', () => {
    it('never stops for one station: its records go to the dead letters in their order, the others are handled', async () => {
      const topic = await newTopic(1);
      const deadLettered: string[] = [];
      const kinds = new Map<string, number>();
      let tries = 0;
      const seen = recordCollector();
      const bad = range(150).map((n) => send(topic, 'a/bad', String(n)));
      await Promise.all([...bad, ...range(30).map((n) => send(topic, `b/${n}`, 'good'))]);
      const subscription = await byKey(
        topic,
        async (record) => {
          if (record.key !== 'a/bad') return seen.one(record);
          tries += 1;
          throw new Error('numeric value out of range');
        },
        {
          onDeadLetter: async (record, { kind }) => {
            deadLettered.push(record.value.toString());
            kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
          },
        },
      );
      await seen.wait(30);
      await expectSoon(async () => expect(deadLettered).toEqual(range(150).map(String)));
      expect(kinds).toEqual(
        new Map([
          ['defect', QUARANTINE_AFTER],
          ['quarantine', 150 - QUARANTINE_AFTER],
        ]),
      );
      expect(tries).toBe(WATCH_AFTER * DEFECT_ATTEMPTS + QUARANTINE_AFTER - WATCH_AFTER);
      expect(subscription.stopped).toBeNull();
      expect(subscription.healthy).toBe(true);
    });

    it('never stops for poison, however many stations of however many tenants send it', async () => {
      const topic = await newTopic(2);
      const deadLettered = recordCollector();
      const subscription = await byKey(topic, () => Promise.reject(new PoisonError('not a message')), { onDeadLetter: deadLettered.one });
      await Promise.all(range(60).map((n) => send(topic, `${n % 3}/${n}`, String(n))));
      await deadLettered.wait(60);
      expect(subscription.stopped).toBeNull();
    });

    it('never stops for one tenant among several', async () => {
      const topic = await newTopic(2);
      const deadLettered = recordCollector();
      const seen = recordCollector();
      const subscription = await byKey(
        topic,
        async (record) => {
          if (record.key.startsWith('bad/')) throw new Error('numeric value out of range');
          await seen.one(record);
        },
        { onDeadLetter: deadLettered.one },
      );
      await send(topic, 'good/1', 'witness');
      await seen.wait(1);
      await Promise.all(range(2 * MIN_FAILING_KEYS).map((n) => send(topic, `bad/${n}`, String(n))));
      await deadLettered.wait(2 * MIN_FAILING_KEYS);
      expect(subscription.stopped).toBeNull();
    });

    it('stops while a handler fails at most stations of several tenants, and resumes by itself with nothing lost', async () => {
      const topic = await newTopic(2);
      const deadLettered = recordCollector();
      const seen = recordCollector();
      let broken = true;
      const subscription = await byKey(
        topic,
        async (record) => {
          if (broken) throw new Error('column does not exist');
          await seen.one(record);
        },
        { onDeadLetter: deadLettered.one },
      );
      await Promise.all(range(60).map((n) => send(topic, `${n % 2}/${n}`, String(n))));
      await expectSoon(async () => expect(subscription.stopped).toContain('by-key fails at most stations'));
      expect(subscription.healthy).toBe(false);
      broken = false;
      await expectSoon(async () => expect(seen.count() + deadLettered.count()).toBe(60));
      expect(deadLettered.count()).toBeGreaterThanOrEqual(MIN_FAILING_KEYS);
      expect(seen.count()).toBeGreaterThan(0);
      expect(new Set([...seen.texts(), ...deadLettered.texts()])).toEqual(new Set(range(60).map(String)));
      await expectSoon(async () => expect([subscription.stopped, subscription.healthy]).toEqual([null, true]));
      await send(topic, 'a/1', 'afterwards');
      await expectSoon(async () => expect(seen.texts()).toContain('afterwards'));
    });
  });
}
