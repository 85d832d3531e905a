import { attributesOf, type EventAttributes, type EventType, type StationRef, type Topic } from '@voltbus/contracts';

/** A domain event on its way out: written in the state's own database transaction, relayed in id order per station. */
export interface OutboxEvent {
  topic: Topic;
  ref: StationRef;
  event: EventAttributes;
  value: unknown;
}

/** Forms an event of a type. `id` is deterministic: a repeat of the same event has the same. */
export function outboxEvent<T>(
  type: EventType<T, string>,
  { id, ref: { tenant, station }, time, value }: { id: string; ref: StationRef; time: string; value: NoInfer<T> },
): OutboxEvent {
  const ref = { tenant, station };
  return { topic: type.topic, ref, event: attributesOf(type, { id, ref, time }), value };
}
