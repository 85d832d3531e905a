import { range } from '@voltbus/testing';
import { MAX_HEADER_BYTES, MAX_VALUE_BYTES, RecordRefused } from '../port';
import { partitionOf } from '../partition-of';
import { type BusHarness } from './bus-harness';
import { recordCollector } from './record-collector';

/** What every bus promises to publishers. */
export function publishingContract(harness: BusHarness): void {
  const { newTopic, byKey, send } = harness;

  describe('publishing', () => {
    it('carries key, bytes, headers and time, in the partition that Kafka clients choose', async () => {
      const topic = await newTopic(16);
      const seen = recordCollector();
      await byKey(topic, seen.one);
      const value = new Uint8Array([0, 255, 1, 128]);
      const before = Date.now();
      const sent = harness.bus.publish(topic, { key: 'acme/station-1', value, headers: { m: 'packed', b: new Uint8Array([7]) } });
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
      const seen = recordCollector();
      await byKey(topic, seen.one);
      await Promise.all([5, 6, 5].map((partition) => harness.bus.publish(topic, { key: 'a/1', value: Buffer.from('x'), partition })));
      expect((await seen.wait(3)).map((record) => record.partition).sort()).toEqual([5, 5, 6]);
    });

    it('keeps the order of the calls for each key', async () => {
      const topic = await newTopic();
      const seen = recordCollector();
      await byKey(topic, seen.one);
      await Promise.all(range(300).map((n) => send(topic, `a/${n % 7}`, String(n))));
      await seen.wait(300);
      for (const values of seen.byKey().values()) expect(values).toEqual([...values].sort((a, b) => Number(a) - Number(b)));
    });

    it('refuses a value that no topic takes, and no other one with it', async () => {
      const topic = await newTopic();
      const seen = recordCollector();
      await byKey(topic, seen.one);
      const results = await Promise.allSettled([
        send(topic, 'a/1', 'before'),
        harness.bus.publish(topic, { key: 'a/1', value: Buffer.alloc(2_000_000) }),
        send(topic, 'a/1', 'after'),
      ]);
      expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(results[1]).toMatchObject({ reason: { name: 'RecordRefused' } });
      await seen.wait(2);
      expect(seen.texts()).toEqual(['before', 'after']);
    });

    it('takes the largest record, key and headers counted, and refuses one byte more of either', async () => {
      const topic = await newTopic();
      const seen = recordCollector();
      await byKey(topic, seen.one);
      const value = Buffer.alloc(MAX_VALUE_BYTES, 1);
      const header = 'x'.repeat(MAX_HEADER_BYTES - 'a/1'.length - 'm'.length);
      const publish = (bytes: Uint8Array, m: string) => harness.bus.publish(topic, { key: 'a/1', value: bytes, headers: { m } });
      await expect(publish(Buffer.alloc(MAX_VALUE_BYTES + 1), '')).rejects.toBeInstanceOf(RecordRefused);
      await expect(publish(Buffer.from('x'), `${header}x`)).rejects.toBeInstanceOf(RecordRefused);
      await publish(value, header);
      const [largest] = await seen.wait(1);
      expect([largest?.value.length, largest?.headers['m']?.length]).toEqual([MAX_VALUE_BYTES, header.length]);
    });

    it('takes the largest frame of a station', async () => {
      const topic = await newTopic();
      const seen = recordCollector();
      await byKey(topic, seen.one);
      await harness.bus.publish(topic, { key: 'a/1', value: Buffer.alloc(1_048_576, 1), headers: { m: 'packed' } });
      expect((await seen.wait(1))[0]?.value.length).toBe(1_048_576);
    });
  });
}
