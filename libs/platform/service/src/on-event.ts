import type { BusRecord, HandlerContext } from '@voltbus/bus';
import type { EventType, Topic } from '@voltbus/contracts';
import { ReceivedEvent, receiveEvent } from './received-event';

/** What a block does with events of some types of one topic. Made by `onEach`, `onBatch` and `onRecords`; the service subscribes. */
export interface EventSubscription {
  readonly topic: Topic;
  /** `ce_type`s; null: every record of a topic without CloudEvents headers. */
  readonly types: readonly (string | null)[];
  readonly shape: 'key' | 'batch';
  /** The event of a record: the same whichever subscription to its type reads it. Throws `PoisonError`. */
  read(record: BusRecord): ReceivedEvent<unknown>;
  handle(events: readonly ReceivedEvent<unknown>[], context: HandlerContext): Promise<void>;
}

/**
 * Handles one event at a time, in order per key. Every event may come twice: the second time must change nothing. A database or bus that is away makes the
 * record wait and needs no handling; throw `PoisonError` for what can never be handled.
 */
export function onEach<T>(
  events: EventType<T> | readonly EventType<T>[],
  handle: (event: ReceivedEvent<T>, context: HandlerContext) => Promise<unknown>,
): EventSubscription {
  return {
    ...subscribedTo(events),
    shape: 'key',
    async handle(received: readonly ReceivedEvent<T>[], context) {
      for (const event of received) await handle(event, context);
    },
  };
}

/** Handles many independent events by one write. The bus halves a batch that fails, down to the event at fault. */
export function onBatch<T>(
  events: EventType<T> | readonly EventType<T>[],
  handle: (events: readonly ReceivedEvent<T>[], context: HandlerContext) => Promise<unknown>,
): EventSubscription {
  return {
    ...subscribedTo(events),
    shape: 'batch',
    handle: async (received: readonly ReceivedEvent<T>[], context: HandlerContext) => void (await handle(received, context)),
  };
}

/** For topics whose values are not JSON (copies of frames, dead letters): the records as they are. */
export function onRecords(
  topic: Topic,
  handle: (records: readonly BusRecord[], context: HandlerContext) => Promise<unknown>,
): EventSubscription {
  return {
    ...{ topic, types: [null], shape: 'batch' },
    read: (record) => new ReceivedEvent(undefined, record),
    async handle(received, context) {
      const records = received.map(({ record }) => record);
      await handle(records, context);
    },
  };
}

function subscribedTo<T>(events: EventType<T> | readonly EventType<T>[]): Pick<EventSubscription, 'topic' | 'types' | 'read'> {
  const all: readonly EventType<T>[] = Array.isArray(events) ? events : [events as EventType<T>];
  const [first] = all;
  if (first === undefined || all.some(({ topic }) => topic !== first.topic))
    throw new Error('a subscription is to event types of one topic');
  const byType = new Map(all.map((event) => [event.type, event]));
  return {
    topic: first.topic,
    types: all.map(({ type }) => type),
    read: (record) => receiveEvent(byType.get(typeOf(record)) ?? first, record),
  };
}

/** The `ce_type` of a record; null where it has none. */
export function typeOf({ headers }: BusRecord): string | null {
  return headers['ce_type']?.toString('utf8') ?? null;
}
