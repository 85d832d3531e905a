import type { HandlerContext } from '@voltbus/bus';
import type { EventType, Topic } from '@voltbus/contracts';
import { receiveEvent, type ReceivedEvent } from './received-event';
import type { BusRecord } from '@voltbus/bus';

/** What a block does with events of some types of one topic. Made by `onEach` and `onBatch`; the service subscribes. */
export interface EventSubscription {
  readonly topic: Topic;
  /** `ce_type`s; null: every record of a topic without CloudEvents headers. */
  readonly types: readonly (string | null)[];
  readonly shape: 'key' | 'batch';
  handle(records: readonly BusRecord[], context: HandlerContext): Promise<void>;
}

/**
 * Handles one event at a time, in order per key. Every event may come twice: the second time must change nothing. A database or bus that is away makes the
 * record wait and needs no handling; throw `PoisonError` for what can never be handled.
 */
export function onEach<T>(
  events: EventType<T> | readonly EventType<T>[],
  handle: (event: ReceivedEvent<T>, context: HandlerContext) => Promise<unknown>,
): EventSubscription {
  const read = readerOf(events);
  return {
    ...read.of,
    shape: 'key',
    async handle(records, context) {
      for (const record of records) await handle(read.event(record), context);
    },
  };
}

/** Handles many independent events by one write. The bus halves a batch that fails, down to the event at fault. */
export function onBatch<T>(
  events: EventType<T> | readonly EventType<T>[],
  handle: (events: ReceivedEvent<T>[], context: HandlerContext) => Promise<unknown>,
): EventSubscription {
  const read = readerOf(events);
  return {
    ...read.of,
    shape: 'batch',
    handle: async (records, context) => void (await handle(records.map(read.event), context)),
  };
}

/** For topics whose values are not JSON (copies of frames, dead letters): the records as they are. */
export function onRecords(
  topic: Topic,
  handle: (records: readonly BusRecord[], context: HandlerContext) => Promise<unknown>,
): EventSubscription {
  return { topic, types: [null], shape: 'batch', handle: async (records, context) => void (await handle(records, context)) };
}

function readerOf<T>(events: EventType<T> | readonly EventType<T>[]) {
  const all: readonly EventType<T>[] = Array.isArray(events) ? events : [events as EventType<T>];
  const [first] = all;
  if (first === undefined || all.some(({ topic }) => topic !== first.topic))
    throw new Error('a subscription is to event types of one topic');
  const byType = new Map(all.map((event) => [event.type, event]));
  const event = (record: BusRecord): ReceivedEvent<T> => receiveEvent(byType.get(typeOf(record)) ?? first, record);
  return { of: { topic: first.topic, types: all.map(({ type }) => type) }, event };
}

/** The `ce_type` of a record; null where it has none. */
export function typeOf({ headers }: BusRecord): string | null {
  return headers['ce_type']?.toString('utf8') ?? null;
}
