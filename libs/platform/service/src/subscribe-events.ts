import { type Bus, type BusRecord, type Handler, type HandlerContext, type Subscription } from '@voltbus/bus';
import type { Topic } from '@voltbus/contracts';
import { transiently } from '@voltbus/database';
import { inEventContext } from './message-context';
import { typeOf, type EventSubscription } from './on-event';

interface SubscribeEventsOptions {
  bus: Bus;
  /** Consumer group: the service's name. */
  group: string;
  /** Of all blocks, in their order: several may take the same event, one after the other. */
  subscriptions: readonly EventSubscription[];
  /** Topics read by one subscription; those not named are read each by their own, so that a record that waits holds up only its topic (ADR 11). */
  together?: readonly (readonly Topic[])[];
}

/** Joins the topics of the event subscriptions. The answer finds the subscription that reads a topic. */
export async function subscribeEvents({
  bus,
  group,
  subscriptions,
  together = [],
}: SubscribeEventsOptions): Promise<ReadonlyMap<string, Subscription>> {
  const topics = [...new Map(subscriptions.map(({ topic }) => [topic.name, topic])).values()];
  const named = together.flat().map(({ name }) => name);
  const readers = [...together, ...topics.filter(({ name }) => !named.includes(name)).map((topic) => [topic])];
  const joined = new Map<string, Subscription>();
  for (const reader of readers) {
    const handlers = handlersOf(subscriptions.filter(({ topic }) => reader.some(({ name }) => name === topic.name)));
    const route = (record: BusRecord): Handler | null =>
      handlers.get(`${record.topic} ${typeOf(record) ?? ''}`) ?? handlers.get(`${record.topic} `) ?? null;
    const subscription = await bus.subscribe({ group, topics: reader, route });
    for (const { name } of reader) joined.set(name, subscription);
  }
  return joined;
}

/** One handler for each topic and type: the bus gathers what the same handler takes. */
function handlersOf(subscriptions: readonly EventSubscription[]): ReadonlyMap<string, Handler> {
  const byType = new Map<string, [EventSubscription, ...EventSubscription[]]>();
  for (const subscription of subscriptions)
    for (const type of subscription.types) {
      const key = `${subscription.topic.name} ${type ?? ''}`;
      const known = byType.get(key);
      if (known === undefined) byType.set(key, [subscription]);
      else known.push(subscription);
    }
  return new Map([...byType].map(([key, all]) => [key, handlerOf(key.trim().split(' ').at(-1) ?? key, all)]));
}

/**
 * A record is read once, however many blocks take its event. The bus asks one question about a failure, whichever subscriber failed: is a dependency
 * away, or can this record never be handled (`transiently`).
 */
function handlerOf(name: string, all: readonly [EventSubscription, ...EventSubscription[]]): Handler {
  const [{ read }] = all;
  const handle = (records: readonly BusRecord[], context: HandlerContext): Promise<void> =>
    transiently(async () => {
      const events = records.map((record) => read(record));
      const [first] = events;
      const handleAll = async () => {
        for (const subscription of all) await subscription.handle(events, context);
      };
      await (events.length === 1 && first !== undefined ? inEventContext(first, handleAll) : handleAll());
    });
  if (all.every(({ shape }) => shape === 'batch')) return { shape: 'batch', name, handle };
  return { shape: 'key', name, handle: (record, context) => handle([record], context) };
}
