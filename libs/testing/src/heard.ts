import type { BusRecord } from '@voltbus/bus';

/** For specs: what came on a topic, in order, and may be waited for. One waits at a time. */
export class Heard<T> {
  readonly items: T[] = [];
  private arrived: () => void = () => undefined;

  constructor(private readonly read: (record: BusRecord) => T) {}

  readonly take = (record: BusRecord): void => {
    this.items.push(this.read(record));
    this.arrived();
  };

  /** All, as soon as there are so many. */
  count(count: number): Promise<T[]> {
    return this.until(() => (this.items.length >= count ? this.items : undefined));
  }

  /** The first that is so, now or when it comes. */
  first(isIt: (item: T) => boolean): Promise<T> {
    return this.until(() => this.items.find(isIt));
  }

  private until<V>(found: () => V | undefined): Promise<V> {
    return new Promise((resolve) => {
      this.arrived = () => {
        const value = found();
        if (value !== undefined) resolve(value);
      };
      this.arrived();
    });
  }
}
