import { SECURITY_EVENTS, type SecurityEvent } from '@voltbus/contracts';
import { outboxEvent, type OutboxEvent } from '@voltbus/database';

export function securityEventPublished(event: SecurityEvent): OutboxEvent {
  return outboxEvent(SECURITY_EVENTS.events.recorded, { id: event.id, ref: event, time: event.at, value: event });
}
