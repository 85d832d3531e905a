import { CDRS, COMMAND_RESULTS, CONNECTIONS, DEVICE_EVENTS, SECURITY_EVENTS, TRANSACTIONS, deterministicId } from '@voltbus/contracts';
import type { ReceivedEvent } from '@voltbus/service';
import type { WebhookTelemetry } from '../telemetry';
import { cloudEventBody } from './cloud-event-body';
import { MAX_BODY_BYTES } from './domain/delivery-limits';
import { deliveryTimes } from './domain/retries';
import type { NewDelivery, Subscriber, TypeormRecordedEvents } from './store/typeorm-recorded-events';

/** The public topics. */
export const WEBHOOK_TOPICS = [CDRS, TRANSACTIONS, CONNECTIONS, COMMAND_RESULTS, SECURITY_EVENTS, DEVICE_EVENTS] as const;

interface EventRecorderParts {
  store: TypeormRecordedEvents;
  telemetry: WebhookTelemetry;
  now(): Date;
  /** Called after new deliveries were stored. */
  wakeSender(): void;
}

/** Stores a delivery for each webhook that is sent an event. */
export class EventRecorder {
  constructor(private readonly parts: EventRecorderParts) {}

  /** In their order. An event that comes twice changes nothing the second time. */
  async record(events: readonly ReceivedEvent<unknown>[]): Promise<void> {
    const { store, telemetry, now, wakeSender } = this.parts;
    const subscribers = await store.subscribers([...new Set(events.map(({ tenant }) => tenant))]);
    const deliveries = events.flatMap((event) => deliveriesOf(event, subscribers));
    if (deliveries.length === 0) return;
    const recorded = await store.add(deliveries, deliveryTimes(now()));
    for (const { webhookId, dropped } of recorded) {
      const subscriber = subscribers.find(({ id }) => id === webhookId);
      if (dropped > 0 && subscriber !== undefined) telemetry.dropped(subscriber.tenant, subscriber.webhook, dropped);
    }
    if (recorded.some(({ added }) => added > 0)) wakeSender();
  }
}

function deliveriesOf(event: ReceivedEvent<unknown>, subscribers: readonly Subscriber[]): NewDelivery[] {
  const { tenant, type, ref, cloudEvent, record } = event;
  const wanting = subscribers.filter((subscriber) => subscriber.tenant === tenant && subscriber.events.includes(type));
  if (wanting.length === 0) return [];
  const body = cloudEventBody(record);
  const bytes = Buffer.byteLength(body);
  return wanting.map(({ id: webhookId }) => ({
    ...{ webhookId, tenant, station: ref.station, eventId: cloudEvent.id, eventType: type, eventTime: cloudEvent.time, bytes },
    id: deterministicId('webhook-delivery', webhookId, cloudEvent.id),
    body: bytes > MAX_BODY_BYTES ? null : body,
  }));
}
