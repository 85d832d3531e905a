import { AsyncLocalStorage } from 'node:async_hooks';
import type { Metrics } from '@voltbus/telemetry';

/** What a work of a station has counted, until its transaction is committed or rolled back. */
export class UncommittedCounts {
  /** Null from then on: what still runs in the context of the work belongs to no transaction any more. */
  private waiting: (() => void)[] | null = [];

  add(count: () => void): void {
    if (this.waiting === null) count();
    else this.waiting.push(count);
  }

  /** Counts all of it. */
  commit(): void {
    const counts = this.waiting ?? [];
    this.waiting = null;
    for (const count of counts) count();
  }

  /** Counts none of it: the work is done again, or has failed. */
  rollBack(): void {
    this.waiting = null;
  }
}

const ofWork = new AsyncLocalStorage<UncommittedCounts>();

/** Runs a work whose counts wait for `commit`. */
export function countingInto<T>(counts: UncommittedCounts, work: () => Promise<T>): Promise<T> {
  return ofWork.run(counts, work);
}

/**
 * Metrics that count what a work of `StationTransactions` does when its transaction is committed, and not what was rolled back. Elsewhere they count at once.
 */
export function countedOnceCommitted(metrics: Metrics): Metrics {
  const count = (now: () => void): void => {
    const counts = ofWork.getStore();
    if (counts === undefined) now();
    else counts.add(now);
  };
  return {
    counter: (...named) => {
      const counter = metrics.counter(...named);
      return { add: (amount, labels) => count(() => counter.add(amount, labels)) };
    },
    histogram: (...named) => {
      const histogram = metrics.histogram(...named);
      return { observe: (value, labels) => count(() => histogram.observe(value, labels)) };
    },
    gauge: (...named) => metrics.gauge(...named),
  };
}
