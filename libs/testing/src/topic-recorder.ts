import type { BusRecord } from '@voltbus/bus';
import { expectSoon } from './waiting';

/** Records a topic's messages in order; pass `record` as the handler of a follower. */
export class TopicRecorder<T> {
  readonly items: T[] = [];

  constructor(private readonly read: (record: BusRecord) => T) {}

  readonly record = (record: BusRecord): void => void this.items.push(this.read(record));

  /** Resolves with all items as soon as there are `count`; throws what is there when they do not come in time. */
  count(count: number, withinMs?: number): Promise<T[]> {
    return this.find(`${count} messages`, () => (this.items.length >= count ? this.items : undefined), withinMs);
  }

  /** Resolves with the first item that satisfies, now or when it comes; throws what came instead. */
  first(satisfies: (item: T) => boolean, description = `a message that satisfies ${satisfies.toString()}`, withinMs?: number): Promise<T> {
    return this.find(description, () => this.items.find(satisfies), withinMs);
  }

  private async find<V>(description: string, look: () => V | undefined, withinMs?: number): Promise<V> {
    let found: V | undefined;
    await expectSoon(() => {
      found = look();
      if (found === undefined) throw new Error(`${description} did not come; there are ${this.items.length}: ${shown(this.items)}`);
    }, withinMs);
    return found as V; // else it has thrown
  }
}

const MAX_SHOWN = 4_000;

function shown(items: readonly unknown[]): string {
  return JSON.stringify(items, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).slice(-MAX_SHOWN);
}
