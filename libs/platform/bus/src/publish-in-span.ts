import type { Topic } from '@voltbus/contracts';
import { inSpan, isTracing, type OpenSpan } from '@voltbus/telemetry';
import type { Bus, OutgoingRecord } from './port';

interface PublishInSpanOptions {
  bus: Pick<Bus, 'publish'>;
  topic: Topic;
  /** A span of this process, or the traceparent of another's; default: the active span. */
  parent?: OpenSpan | string | undefined;
  /** Makes the record. The traceparent goes into one of its headers; undefined while tracing is off. */
  record(traceparent: string | undefined): OutgoingRecord;
}

/** Publishes a record within a span of its own, below which its consumers go on. */
export function publishInSpan({ bus, topic, parent, record }: PublishInSpanOptions): Promise<void> {
  if (!isTracing()) return bus.publish(topic, record(undefined));
  const attributes = { 'messaging.operation.type': 'send', 'messaging.destination.name': topic.name };
  return inSpan({ name: `send ${topic.name}`, kind: 'producer', parent, attributes }, (span) =>
    bus.publish(topic, record(span?.traceparent)),
  );
}
