import { DEAD_LETTERS, type Topic } from '@voltbus/contracts';
import {
  MAX_HEADER_BYTES,
  MAX_VALUE_BYTES,
  PoisonError,
  RecordRefused,
  TransientError,
  type Bus,
  type BusRecord,
  type GroupSubscription,
  type Handler,
  type Subscription,
} from './bus';
import { ORIGIN_HEADERS } from './dead-letters';
import { partitionOf } from './murmur2';
import { MAX_BATCH_RECORDS } from './round';
import { DEFECT_ATTEMPTS, QUARANTINE_AFTER, WATCH_AFTER } from './runner/quarantine';
import { MIN_FAILING_KEYS } from './runner/stop-rule';
import type { Metrics } from '@voltbus/telemetry';

/** Where an adapter is tried: buses that reach the same topics, as processes of one system do. */
export interface BusWorld {
  /** A bus of a process of its own, if the adapter knows processes. The world closes it. */
  bus(): Bus;
  close(): Promise<void>;
}

type Keyed = Extract<Handler, { shape: 'key' }>['handle'];
type Batched = Extract<Handler, { shape: 'batch' }>['handle'];

let worlds = 0;

/** What every bus promises, tried on an adapter. */
export function busContract(adapter: string, open: () => Promise<BusWorld>): void {
  describe(`${adapter} keeps the promises of the bus`, () => {
    let world: BusWorld;
    let bus: Bus;
    let names = 0;
    const prefix = `t${process.pid}-${Date.now().toString(36)}-${++worlds}`;
    const subscriptions: Subscription[] = [];

    beforeAll(async () => {
      world = await open();
      bus = world.bus();
      await bus.ensureTopics([DEAD_LETTERS]);
    });
    afterEach(async () => {
      await Promise.all(subscriptions.splice(0).map((one) => one.close()));
    });
    afterAll(() => world.close());

    async function newTopic(partitions = 4): Promise<Topic> {
      const topic: Topic = {
        name: `${prefix}-${++names}`,
        partitions,
        owner: 'other',
        writers: ['other'],
        settledBy: [],
        retentionMs: 3_600_000,
      };
      await bus.ensureTopics([topic]);
      return topic;
    }

    async function subscribe(
      subscription: Partial<GroupSubscription> & Pick<GroupSubscription, 'topics' | 'route'>,
      on = bus,
    ): Promise<Subscription> {
      const joined = await on.subscribe({ group: `${prefix}-group-${names}`, ...subscription });
      subscriptions.push(joined);
      return joined;
    }

    const byKey = (topic: Topic, handle: Keyed, more: Partial<GroupSubscription> = {}) =>
      subscribe({ topics: [topic], route: always({ shape: 'key', name: 'by-key', handle }), ...more });
    const byBatch = (topic: Topic, handle: Batched, more: Partial<GroupSubscription> = {}) =>
      subscribe({ topics: [topic], route: always({ shape: 'batch', name: 'by-batch', handle }), ...more });
    const send = (topic: Topic, key: string, text: string) => bus.publish(topic, { key, value: Buffer.from(text) });

    describe('publishing', () => {
      it('carries key, bytes, headers and time, in the partition that Kafka clients choose', async () => {
        const topic = await newTopic(16);
        const seen = collector();
        await byKey(topic, seen.one);
        const value = new Uint8Array([0, 255, 1, 128]);
        const before = Date.now();
        const sent = bus.publish(topic, { key: 'acme/station-1', value, headers: { m: 'packed', b: new Uint8Array([7]) } });
        value.fill(9); // the publisher may use its buffer again
        await sent;
        const [record] = await seen.wait(1);
        expect(record).toMatchObject({
          topic: topic.name,
          key: 'acme/station-1',
          partition: partitionOf('acme/station-1', 16),
          offset: 0n,
        });
        expect([...(record?.value ?? [])]).toEqual([0, 255, 1, 128]);
        expect(record?.headers['m']?.toString()).toBe('packed');
        expect(record?.headers['b']).toEqual(Buffer.from([7]));
        expect(record?.timestamp).toBeGreaterThanOrEqual(before - 1_000);
        expect(record?.timestamp).toBeLessThanOrEqual(Date.now() + 1_000);
      });

      it('takes a partition by number, for topics that are read by bucket', async () => {
        const topic = await newTopic(8);
        const seen = collector();
        await byKey(topic, seen.one);
        await Promise.all([5, 6, 5].map((partition) => bus.publish(topic, { key: 'a/1', value: Buffer.from('x'), partition })));
        expect((await seen.wait(3)).map((record) => record.partition).sort()).toEqual([5, 5, 6]);
      });

      it('keeps the order of the calls for each key', async () => {
        const topic = await newTopic();
        const seen = collector();
        await byKey(topic, seen.one);
        await Promise.all(range(300).map((n) => send(topic, `a/${n % 7}`, String(n))));
        await seen.wait(300);
        for (const values of seen.byKey().values()) expect(values).toEqual([...values].sort((a, b) => Number(a) - Number(b)));
      });

      it('refuses a value that no topic takes, and no other one with it', async () => {
        const topic = await newTopic();
        const seen = collector();
        await byKey(topic, seen.one);
        const results = await Promise.allSettled([
          send(topic, 'a/1', 'before'),
          bus.publish(topic, { key: 'a/1', value: Buffer.alloc(2_000_000) }),
          send(topic, 'a/1', 'after'),
        ]);
        expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
        expect(results[1]).toMatchObject({ reason: { name: 'RecordRefused' } });
        await seen.wait(2);
        expect(seen.texts()).toEqual(['before', 'after']);
      });

      it('takes the largest record, key and headers counted, and refuses one byte more of either', async () => {
        const topic = await newTopic();
        const seen = collector();
        await byKey(topic, seen.one);
        const value = Buffer.alloc(MAX_VALUE_BYTES, 1);
        const header = 'x'.repeat(MAX_HEADER_BYTES - 'a/1'.length - 'm'.length);
        const publish = (bytes: Uint8Array, m: string) => bus.publish(topic, { key: 'a/1', value: bytes, headers: { m } });
        await expect(publish(Buffer.alloc(MAX_VALUE_BYTES + 1), '')).rejects.toBeInstanceOf(RecordRefused);
        await expect(publish(Buffer.from('x'), `${header}x`)).rejects.toBeInstanceOf(RecordRefused);
        await publish(value, header);
        const [largest] = await seen.wait(1);
        expect([largest?.value.length, largest?.headers['m']?.length]).toEqual([MAX_VALUE_BYTES, header.length]);
      });

      it('takes the largest frame of a station', async () => {
        const topic = await newTopic();
        const seen = collector();
        await byKey(topic, seen.one);
        await bus.publish(topic, { key: 'a/1', value: Buffer.alloc(1_048_576, 1), headers: { m: 'packed' } });
        expect((await seen.wait(1))[0]?.value.length).toBe(1_048_576);
      });
    });

    describe('groups', () => {
      it('starts a group without offsets at the beginning and skips nothing', async () => {
        const topic = await newTopic();
        await Promise.all(range(20).map((n) => send(topic, `a/${n}`, `early ${n}`)));
        const seen = collector();
        await byKey(topic, seen.one);
        await send(topic, 'a/1', 'late');
        await seen.wait(21);
        expect(new Set(seen.texts())).toEqual(new Set([...range(20).map((n) => `early ${n}`), 'late']));
      });

      it('goes on where the group was when its last member left', async () => {
        const topic = await newTopic();
        const first = collector();
        const subscription = await byKey(topic, first.one);
        await Promise.all(range(10).map((n) => send(topic, `a/${n}`, `first ${n}`)));
        await first.wait(10);
        await subscription.close();
        await Promise.all(range(10).map((n) => send(topic, `a/${n}`, `second ${n}`)));
        const second = collector();
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
        const [one, two, other] = [collector(), collector(), collector()];
        await byKey(topic, one.one);
        await subscribe({ topics: [topic], route: always({ shape: 'key', name: 'two', handle: two.one }) }, world.bus());
        await byKey(topic, other.one, { group: `${prefix}-other-${names}` });
        const sent: string[] = [];
        const round = async () => {
          const texts = range(6).map((partition) => `${sent.length / 6}/${partition}`);
          sent.push(...texts);
          await Promise.all(
            texts.map((text, partition) => bus.publish(topic, { key: `a/${partition}`, value: Buffer.from(text), partition })),
          );
          return texts;
        };
        await eventually(async () => {
          await round();
          expect(one.count()).toBeGreaterThan(0);
          expect(two.count()).toBeGreaterThan(0);
        });
        const shared = await round(); // both are members now
        const group = () => [...one.texts(), ...two.texts()];
        await eventually(async () => expect(new Set(group())).toEqual(new Set(sent)));
        const shares = [one, two].map((member) => member.texts().filter((text) => shared.includes(text)));
        expect(shares.flat().sort()).toEqual(shared);
        for (const share of shares) expect(share).not.toEqual([]);
        await other.wait(sent.length);
        expect(other.texts().sort()).toEqual(sent.sort());
      });

      it('lets one group read different topics by different subscriptions', async () => {
        const [lane, events] = [await newTopic(), await newTopic(3)];
        const [fromLane, fromEvents] = [collector(), collector()];
        const group = `${prefix}-service`;
        await byKey(lane, fromLane.one, { group });
        await byKey(events, fromEvents.one, { group });
        await Promise.all(range(12).flatMap((n) => [send(lane, `a/${n}`, 'lane'), send(events, `a/${n}`, 'event')]));
        await fromLane.wait(12);
        await fromEvents.wait(12);
        expect(new Set(fromLane.texts())).toEqual(new Set(['lane']));
        expect(new Set(fromEvents.texts())).toEqual(new Set(['event']));
      });

      it('commits only when the work beside a handler is done', async () => {
        const topic = await newTopic(1);
        const replied = gate();
        const seen = collector();
        const subscription = await byKey(topic, async (record, context) => {
          context.settle(replied.opened);
          await seen.one(record);
        });
        await send(topic, 'a/1', 'x');
        await seen.wait(1);
        await eventually(async () => expect(await subscription.lag()).toBe(1));
        const closing = subscription.close();
        replied.open();
        await closing;
        const again = collector();
        const next = await byKey(topic, again.one);
        await send(topic, 'a/1', 'y');
        await again.wait(1);
        expect(again.texts()).toEqual(['y']);
        await eventually(async () => expect(await next.lag()).toBe(0));
      });

      it('finishes the batch in hand when it leaves', async () => {
        const topic = await newTopic(1);
        const slow = gate();
        const seen = collector();
        const subscription = await byKey(topic, async (record) => {
          await seen.one(record);
          await slow.opened;
        });
        await send(topic, 'a/1', 'in hand');
        await seen.wait(1);
        let left = false;
        const leaving = subscription.close().then(() => (left = true));
        const control = collector();
        await byKey(topic, control.one, { group: `${prefix}-control-${names}` });
        await send(topic, 'a/1', 'next');
        await control.wait(2); // a group has come and read meanwhile
        expect(left).toBe(false);
        slow.open();
        await leaving;
        const again = collector();
        await byKey(topic, again.one);
        await again.wait(1);
        expect(again.texts()).toEqual(['next']);
      });

      it('knows its lag, and which instants it has passed', async () => {
        const topic = await newTopic(2);
        const held = gate();
        const subscription = await byKey(topic, () => held.opened);
        await eventually(async () => expect(await subscription.lag()).toBe(0));
        await eventually(async () => expect(await subscription.passed(Date.now())).toBe(true));
        await Promise.all([send(topic, 'a/1', 'x'), send(topic, 'a/2', 'y'), send(topic, 'a/3', 'z')]);
        const afterwards = Date.now() + 1;
        await eventually(async () => expect(await subscription.lag()).toBe(3));
        expect(await subscription.passed(afterwards)).toBe(false);
        await eventually(async () => expect(await subscription.passed(Date.now() - 60_000)).toBe(true));
        held.open();
        await eventually(async () => expect(await subscription.lag()).toBe(0));
        await eventually(async () => expect(await subscription.passed(afterwards)).toBe(true));
        expect(subscription.healthy).toBe(true);
      });

      it('has passed an instant only when every member of its group has', async () => {
        const topic = await newTopic(4);
        const held = gate();
        const seen = collector();
        const handle = async (record: BusRecord): Promise<void> => {
          await held.opened;
          await seen.one(record);
        };
        const members = [
          await byKey(topic, handle),
          await subscribe({ topics: [topic], route: always({ shape: 'key', name: 'other', handle }) }, world.bus()),
        ];
        await eventually(async () => expect(members.every(({ healthy }) => healthy)).toBe(true));
        await send(topic, 'a/1', 'x'); // in the partition of one of them
        const afterwards = Date.now() + 1;
        for (const member of members) expect(await member.passed(afterwards)).toBe(false);
        held.open();
        await seen.wait(1);
        for (const member of members) await eventually(async () => expect(await member.passed(afterwards)).toBe(true));
      });
    });

    describe('handlers', () => {
      it('handles different keys at once, up to the bound, and the same key never', async () => {
        const topic = await newTopic(3);
        const running = new Set<string>();
        let most = 0;
        const twice: string[] = [];
        const seen = collector();
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
          const told = expected.get(key) ?? [];
          expected.set(key, [...told, String(n)]);
          return bus.publish(topic, { key, value: Buffer.from(String(n)), headers: { kind: String(told.length % kinds.length) } });
        });
        await Promise.all(sent);
        await subscribe({ topics: [topic], route: (record) => kinds[Number(record.headers['kind'])] ?? null });
        await eventually(async () => expect([...story.values()].reduce((sum, told) => sum + told.length, 0)).toBe(2_400));
        expect(story).toEqual(expected);
        expect(Math.max(...sizes)).toBeGreaterThanOrEqual(8); // 30 keys: one of the 4 partitions has as many, and may come alone
        expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_BATCH_RECORDS);
      });

      it('skips what no handler takes', async () => {
        const topic = await newTopic();
        const seen = collector();
        const subscription = await subscribe({
          topics: [topic],
          route: (record) => (record.value.toString() === 'mine' ? { shape: 'key', name: 'mine', handle: seen.one } : null),
        });
        await Promise.all(['other', 'mine', 'other'].map((text) => send(topic, 'a/1', text)));
        await seen.wait(1);
        await eventually(async () => expect(await subscription.lag()).toBe(0));
        expect(seen.texts()).toEqual(['mine']);
      });
    });

    describe('records that fail', () => {
      it('waits out a dependency that is away: nothing lost, nothing dead-lettered, order kept', async () => {
        const topic = await newTopic();
        const seen = collector();
        const buried = collector();
        let away = true;
        await byKey(
          topic,
          async (record) => {
            if (away && record.key === 'a/1') throw new TransientError('the database is away');
            await seen.one(record);
          },
          { onDeadLetter: buried.one },
        );
        await Promise.all(range(40).map((n) => send(topic, `a/${n % 4}`, String(n))));
        await seen.wait(30); // the other keys are not held up
        expect(seen.byKey().has('a/1')).toBe(false);
        away = false;
        await seen.wait(40);
        expect(seen.byKey().get('a/1')).toEqual(range(10).map((n) => String(4 * n + 1)));
        expect(seen.count()).toBe(40);
        expect(buried.count()).toBe(0);
      });

      it('dead-letters poison at once, with its origin, and goes on', async () => {
        const topic = await newTopic();
        const letters = collector();
        subscriptions.push(
          await bus.follow({
            name: 'dead-letters',
            topic: DEAD_LETTERS,
            handle: (record) => {
              if (record.headers[ORIGIN_HEADERS.topic]?.toString() === topic.name) void letters.one(record);
            },
          }),
        );
        const seen = collector();
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
          { group: `${prefix}-poisoned` },
        );
        await bus.publish(topic, { key: 'a/1', value: Buffer.from('poison'), headers: { m: 'packed' } });
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
          'origin-group': `${prefix}-poisoned`,
          'origin-handler': 'by-key',
          'origin-kind': 'poison',
          'origin-error': 'PoisonError: not a message',
          'origin-attempts': '1',
          'origin-time': expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        });
      });

      it('tries a defect three times before it is dead-lettered', async () => {
        const topic = await newTopic();
        const buried: string[] = [];
        const tries = new Map<string, number>();
        const seen = collector();
        await byKey(
          topic,
          async (record) => {
            const tried = (tries.get(record.value.toString()) ?? 0) + 1;
            tries.set(record.value.toString(), tried);
            if (record.value.toString() === 'always' || (record.value.toString() === 'twice' && tried < 3))
              throw new Error('undefined is not a function');
            await seen.one(record);
          },
          { onDeadLetter: async (record, cause) => void buried.push(`${record.value} ${cause.kind} ${cause.attempts}`) },
        );
        for (const text of ['always', 'twice', 'never']) await send(topic, 'a/1', text);
        await seen.wait(2);
        expect(seen.texts()).toEqual(['twice', 'never']);
        expect(buried).toEqual(['always defect 3']);
        expect(tries.get('always')).toBe(3);
      });

      it('finds the culprit in a batch and writes all others', async () => {
        const topic = await newTopic();
        const buried: string[] = [];
        const seen = collector();
        await Promise.all(range(100).map((n) => send(topic, `a/${n % 9}`, String(n))));
        await byBatch(
          topic,
          async (records) => {
            if (records.some((record) => record.value.toString() === '42')) throw new PoisonError('numeric field overflow');
            for (const record of records) await seen.one(record);
          },
          { onDeadLetter: async (record) => void buried.push(record.value.toString()) },
        );
        await seen.wait(99);
        await eventually(async () => expect(buried).toEqual(['42']));
        expect(seen.count()).toBe(99);
        for (const values of seen.byKey().values()) expect(values).toEqual([...values].sort((a, b) => Number(a) - Number(b)));
      });

      it('treats a record whose routing throws as poison', async () => {
        const topic = await newTopic();
        const buried: string[] = [];
        const seen = collector();
        await subscribe({
          topics: [topic],
          route: (record) => {
            if (record.value.toString() === 'odd') throw new Error('no such frame version');
            return { shape: 'key', name: 'even', handle: seen.one };
          },
          onDeadLetter: async (record, cause) => void buried.push(`${record.value} ${cause.kind} ${cause.handler}`),
        });
        await send(topic, 'a/1', 'odd');
        await send(topic, 'a/1', 'even');
        await seen.wait(1);
        expect(buried).toEqual(['odd poison route']);
      });

      it('never stops for one station: its records go to the dead letters in their order, the others are handled', async () => {
        const topic = await newTopic(1);
        const buried: string[] = [];
        const kinds = new Map<string, number>();
        let tries = 0;
        const seen = collector();
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
              buried.push(record.value.toString());
              kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
            },
          },
        );
        await seen.wait(30);
        await eventually(async () => expect(buried).toEqual(range(150).map(String)));
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
        const buried = collector();
        const subscription = await byKey(topic, () => Promise.reject(new PoisonError('not a message')), { onDeadLetter: buried.one });
        await Promise.all(range(60).map((n) => send(topic, `${n % 3}/${n}`, String(n))));
        await buried.wait(60);
        expect(subscription.stopped).toBeNull();
      });

      it('never stops for one tenant among several', async () => {
        const topic = await newTopic(2);
        const buried = collector();
        const seen = collector();
        const subscription = await byKey(
          topic,
          async (record) => {
            if (record.key.startsWith('bad/')) throw new Error('numeric value out of range');
            await seen.one(record);
          },
          { onDeadLetter: buried.one },
        );
        await send(topic, 'good/1', 'witness');
        await seen.wait(1);
        await Promise.all(range(2 * MIN_FAILING_KEYS).map((n) => send(topic, `bad/${n}`, String(n))));
        await buried.wait(2 * MIN_FAILING_KEYS);
        expect(subscription.stopped).toBeNull();
      });

      it('stops while a handler fails at most stations of several tenants, and resumes by itself with nothing lost', async () => {
        const topic = await newTopic(2);
        const buried = collector();
        const seen = collector();
        let broken = true;
        const subscription = await byKey(
          topic,
          async (record) => {
            if (broken) throw new Error('column does not exist');
            await seen.one(record);
          },
          { onDeadLetter: buried.one },
        );
        await Promise.all(range(60).map((n) => send(topic, `${n % 2}/${n}`, String(n))));
        await eventually(async () => expect(subscription.stopped).toContain('by-key fails at most stations'));
        expect(subscription.healthy).toBe(false);
        broken = false;
        await eventually(async () => expect(seen.count() + buried.count()).toBe(60));
        expect(buried.count()).toBeGreaterThanOrEqual(MIN_FAILING_KEYS);
        expect(seen.count()).toBeGreaterThan(0);
        expect(new Set([...seen.texts(), ...buried.texts()])).toEqual(new Set(range(60).map(String)));
        await eventually(async () => expect([subscription.stopped, subscription.healthy]).toEqual([null, true]));
        await send(topic, 'a/1', 'afterwards');
        await eventually(async () => expect(seen.texts()).toContain('afterwards'));
      });
    });

    describe('followers', () => {
      it('read one partition from now on, in order, and survive their own errors', async () => {
        const topic = await newTopic(4);
        const bucket = (text: string, partition = 2) => bus.publish(topic, { key: 'a/1', value: Buffer.from(text), partition });
        await bucket('before');
        const seen = collector();
        const follower = await bus.follow({
          name: 'bucket-2',
          topic,
          partition: 2,
          handle: (record) => {
            if (record.value.toString() === '3') throw new Error('odd');
            void seen.one(record);
          },
        });
        subscriptions.push(follower);
        expect(follower.healthy).toBe(true);
        await Promise.all(range(6).map((n) => bucket(String(n))));
        await bucket('elsewhere', 1);
        await bucket('last');
        await seen.wait(6);
        expect(seen.texts()).toEqual(['0', '1', '2', '4', '5', 'last']);
        await follower.close();
        await bucket('after');
        const control = collector();
        await byKey(topic, control.one);
        await control.wait(10);
        expect(seen.count()).toBe(6);
      });

      it('share a bucket without disturbing each other', async () => {
        const topic = await newTopic(2);
        const [one, two] = [collector(), collector()];
        subscriptions.push(await bus.follow({ name: 'same', topic, partition: 1, handle: (record) => void one.one(record) }));
        subscriptions.push(await world.bus().follow({ name: 'same', topic, partition: 1, handle: (record) => void two.one(record) }));
        await bus.publish(topic, { key: 'a/1', value: Buffer.from('x'), partition: 1 });
        expect((await one.wait(1)).length).toBe(1);
        expect((await two.wait(1)).length).toBe(1);
      });

      it('read all partitions when none is named', async () => {
        const topic = await newTopic(5);
        const seen = collector();
        subscriptions.push(await bus.follow({ name: 'all', topic, handle: (record) => void seen.one(record) }));
        await Promise.all(range(5).map((partition) => bus.publish(topic, { key: 'a/1', value: Buffer.from('x'), partition })));
        expect((await seen.wait(5)).map((record) => record.partition).sort()).toEqual([0, 1, 2, 3, 4]);
      });

      it('read several topics as one, each from now on and in order', async () => {
        const topics = [await newTopic(3), await newTopic(2)] as const;
        await Promise.all(topics.map((topic) => send(topic, 'a/1', 'before')));
        const seen = collector();
        const follower = await bus.follow({ name: 'several', topic: topics, handle: (record) => void seen.one(record) });
        subscriptions.push(follower);
        const elsewhere = await newTopic(1);
        await Promise.all(range(10).flatMap((n) => [...topics, elsewhere].map((topic) => send(topic, 'a/1', String(n)))));
        const records = await seen.wait(20);
        for (const { name } of topics)
          expect(records.filter((record) => record.topic === name).map(({ value }) => value.toString())).toEqual(range(10).map(String));
        await eventually(async () => expect(await follower.lag()).toBe(0));
        expect(seen.count()).toBe(20);
      });
    });

    describe('topics', () => {
      it('says what is missing or different, and nothing when all is well', async () => {
        const topic = await newTopic(4);
        expect(await bus.checkTopics([topic])).toEqual([]);
        const problems = await bus.checkTopics([{ ...topic, name: `${prefix}-missing` }, { ...topic, partitions: 5 }, topic]);
        expect(problems).toEqual([
          expect.stringContaining(`${prefix}-missing`),
          expect.stringMatching(new RegExp(`${topic.name} has 4 partitions instead of 5`)),
        ]);
      });

      it('creates what is missing and leaves what is there', async () => {
        const topic = await newTopic(4);
        await bus.ensureTopics([topic, { ...topic, name: `${topic.name}-new`, partitions: 2 }]);
        expect(await bus.checkTopics([topic, { ...topic, name: `${topic.name}-new`, partitions: 2 }])).toEqual([]);
      });
    });

    it('refuses to publish once it is closed', async () => {
      const topic = await newTopic();
      const own = await open();
      const closing = own.bus();
      await closing.close();
      await expect(closing.publish(topic, { key: 'a/1', value: Buffer.from('x') })).rejects.toMatchObject({ name: 'BusUnavailable' });
      await own.close();
    });
  });
}

/** Keeps what it was given and lets a test wait for so many. */
export function collector() {
  const records: BusRecord[] = [];
  return {
    one: async (record: BusRecord): Promise<void> => void records.push(record),
    count: () => records.length,
    last: () => records.at(-1),
    texts: () => records.map((record) => record.value.toString()),
    byKey: () => {
      const keys = new Map<string, string[]>();
      for (const record of records) keys.set(record.key, [...(keys.get(record.key) ?? []), record.value.toString()]);
      return keys;
    },
    wait: async (count: number): Promise<BusRecord[]> => {
      await eventually(async () => expect(records.length).toBeGreaterThanOrEqual(count));
      return records;
    },
  };
}

/** Tries again until the expectations hold; fails with the last error after `withinMs`, which is about a busy machine and never judged. */
export async function eventually(expectations: () => Promise<void>, withinMs = 50_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await expectations();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((later) => setTimeout(later, 10));
    }
  }
}

export function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** Metrics that a test can read: what gauges would show, and with which labels counters were counted. */
export function recorded(): { metrics: Metrics; gauges: Map<string, () => unknown>; counts: Map<string, unknown[]> } {
  const gauges = new Map<string, () => unknown>();
  const counts = new Map<string, unknown[]>();
  const metrics: Metrics = {
    counter: (name) => ({ add: (_amount, labels) => void counts.set(name, [...(counts.get(name) ?? []), labels]) }),
    histogram: () => ({ observe: () => undefined }),
    gauge: (name, _help, _labels, read) => void gauges.set(name, read),
  };
  return { metrics, gauges, counts };
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

function always(handler: Handler): GroupSubscription['route'] {
  return () => handler;
}
