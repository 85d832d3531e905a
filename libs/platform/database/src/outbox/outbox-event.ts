import type { CloudEvent, StationRef, Topic } from '@voltbus/contracts';

/** A domain event on its way out: written in the state's own database transaction, relayed in id order per station. */
export interface OutboxEvent {
  topic: Topic;
  ref: StationRef;
  event: CloudEvent;
  value: unknown;
}
