import { PoisonError, type BusRecord, type GroupSubscription, type Handler } from '../port';

/** The records of one key of one partition. They are handled in order and one at a time. */
export interface KeyQueue {
  /** The records not yet handled; the head is next. */
  readonly entries: { record: BusRecord; handler: Handler }[];
  /** The error that keeps the queue waiting; null while it may go on. */
  blocked: Error | null;
  /** Aborted when the partition goes to another member. */
  readonly lost: AbortSignal;
  /** Work that its handlers gave to `settle`, a list for each call. The queues of one call of a batch handler share its list. */
  readonly settling: Set<readonly Promise<unknown>[]>;
}

/** Sorts a partition's records into a queue per key. A record that no handler takes is left out. */
export function keyQueuesOf(records: readonly BusRecord[], lost: AbortSignal, route: GroupSubscription['route']): KeyQueue[] {
  const queues = new Map<string, KeyQueue>();
  for (const record of records) {
    const handler = routed(record, route);
    if (!handler) continue;
    let queue = queues.get(record.key);
    if (!queue) queues.set(record.key, (queue = { entries: [], blocked: null, lost, settling: new Set() }));
    queue.entries.push({ record, handler });
  }
  return [...queues.values()];
}

/** Returns how many records at the head of the queue have a handler that satisfies the test. */
export function headRun(queue: KeyQueue, test: (handler: Handler) => boolean): number {
  const end = queue.entries.findIndex((entry) => !test(entry.handler));
  return end === -1 ? queue.entries.length : end;
}

function routed(record: BusRecord, route: GroupSubscription['route']): Handler | null {
  try {
    return route(record);
  } catch (error) {
    const poison = new PoisonError('the record could not be routed', { cause: error });
    return { shape: 'key', name: 'route', handle: () => Promise.reject(poison) };
  }
}
