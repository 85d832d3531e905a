import { PoisonError, type BusRecord, type GroupSubscription, type Handler } from './bus';

/** The records of one key of one partition, in order: what must never be handled out of order or two at a time. */
export interface Line {
  /** Left to handle; the head is next. */
  readonly entries: { record: BusRecord; handler: Handler }[];
  /** The first error that keeps this line waiting; nothing behind it is touched. */
  blocked: Error | null;
  /** The partition went to another member. */
  readonly lost: AbortSignal;
}

/** Sorts a partition's records into lines. A record that no handler takes is left out. */
export function linesOf(records: readonly BusRecord[], lost: AbortSignal, route: GroupSubscription['route']): Line[] {
  const lines = new Map<string, Line>();
  for (const record of records) {
    const handler = routed(record, route);
    if (!handler) continue;
    let line = lines.get(record.key);
    if (!line) lines.set(record.key, (line = { entries: [], blocked: null, lost }));
    line.entries.push({ record, handler });
  }
  return [...lines.values()];
}

/** How many records at the head of the line satisfy the test without a gap. */
export function headRun(line: Line, test: (handler: Handler) => boolean): number {
  const end = line.entries.findIndex((entry) => !test(entry.handler));
  return end === -1 ? line.entries.length : end;
}

function routed(record: BusRecord, route: GroupSubscription['route']): Handler | null {
  try {
    return route(record);
  } catch (error) {
    const poison = new PoisonError('the record could not be routed', { cause: error });
    return { shape: 'key', name: 'route', handle: () => Promise.reject(poison) };
  }
}
