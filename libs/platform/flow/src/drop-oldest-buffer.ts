export interface DropOldestBufferOptions<T> {
  /** Left out: any number. */
  maxItems?: number;
  /** Sum of `sizeOf` over the items, in the caller's unit. Left out: any. */
  maxSize?: number;
  /** Must not change while the item is in the buffer. Left out: 0 for every item. */
  sizeOf?: (item: T) => number;
  /** Items that had to go, oldest first. */
  onDropped?: (dropped: T[]) => void;
}

/** A first-in-first-out buffer with bounds: when an item comes that does not fit, the oldest ones go. The newest item is always kept. */
export class DropOldestBuffer<T> {
  /** Places before `head` are empty; they are cut off in bulk, since moving an array costs its length. */
  private items: (T | undefined)[] = [];
  private head = 0;
  private total = 0;

  constructor(private readonly options: DropOldestBufferOptions<T>) {}

  get length(): number {
    return this.items.length - this.head;
  }

  /** Sum of the sizes of its items. */
  get size(): number {
    return this.total;
  }

  push(item: T): void {
    this.items.push(item);
    this.total += this.sizeOf(item);
    this.shrinkTo(this.options.maxSize ?? Infinity);
  }

  /** 0 is the oldest item, -1 the newest. */
  at(index: number): T | undefined {
    const place = index < 0 ? this.items.length + index : this.head + index;
    return place < this.head ? undefined : this.items[place];
  }

  /** Removes and returns the oldest items: at most `maxItems`, and within `maxSize` unless the first alone is larger. */
  take(maxItems: number, maxSize = Infinity): T[] {
    let count = 0;
    let size = 0;
    while (count < Math.min(maxItems, this.length)) {
      size += this.sizeOf(this.at(count) as T); // the index is below the length
      if (size > maxSize && count > 0) break;
      count += 1;
    }
    return this.removeOldest(count);
  }

  /** Puts items that were taken back before the others. Where they no longer fit, the oldest of them go. */
  putBack(taken: readonly T[]): void {
    this.items = [...taken, ...this.items.slice(this.head)];
    this.head = 0;
    this.total += this.sizesOf(taken);
    this.shrinkTo(this.options.maxSize ?? Infinity);
  }

  /** Drops the oldest items until the bounds hold, with this one in place of `maxSize`. */
  shrinkTo(maxSize: number): void {
    const { maxItems = Infinity, onDropped } = this.options;
    let count = 0;
    let size = this.total;
    while (this.length - count > 1 && (this.length - count > maxItems || size > maxSize)) size -= this.sizeOf(this.at(count++) as T); // as above
    if (count === 0) return;
    const dropped = this.removeOldest(count);
    onDropped?.(dropped);
  }

  private removeOldest(count: number): T[] {
    const removed = this.items.slice(this.head, this.head + count) as T[]; // no place from `head` on is empty
    this.items.fill(undefined, this.head, this.head + count);
    this.head += count;
    this.total -= this.sizesOf(removed);
    if (this.head * 2 >= this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return removed;
  }

  private sizeOf(item: T): number {
    return this.options.sizeOf?.(item) ?? 0;
  }

  private sizesOf(items: readonly T[]): number {
    return items.reduce((sum, item) => sum + this.sizeOf(item), 0);
  }
}
