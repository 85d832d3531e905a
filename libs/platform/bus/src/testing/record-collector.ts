import { expectSoon } from '@voltbus/testing';
import type { BusRecord } from '../port';

/** A handler that keeps the records it was given, and lets a test wait for a number of them. */
export function recordCollector() {
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
      await expectSoon(() => expect(records.length).toBeGreaterThanOrEqual(count));
      return records;
    },
  };
}
