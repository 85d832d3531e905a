import { traceparentIn } from '@voltbus/contracts';
import { inSpan, isTracing } from '@voltbus/telemetry';
import type { BusRecord, Handler } from '../port';

/** Spans that the span of a batch links to; those beyond are not named. */
const MAX_LINKS = 64;

/**
 * Runs a call of a handler within its span: below what published its record, or, for records of several traces, beside them with a link to each. While
 * tracing is off it just runs.
 */
export function inHandlerSpan(group: string, handler: Handler, records: readonly BusRecord[], work: () => Promise<void>): Promise<void> {
  const [first] = records;
  if (!isTracing() || first === undefined) return work();
  const published = publishersOf(records);
  const options = {
    name: `process ${handler.name}`,
    kind: 'consumer',
    parent: published.length === 1 ? published[0] : null,
    links: published.length === 1 ? [] : published,
    attributes: {
      'messaging.operation.type': 'process',
      'messaging.destination.name': first.topic,
      'messaging.destination.partition.id': String(first.partition),
      'messaging.consumer.group.name': group,
      ...(records.length === 1
        ? { 'messaging.kafka.offset': Number(first.offset), 'messaging.kafka.message.key': first.key }
        : { 'messaging.batch.message_count': records.length }),
    },
  } as const;
  return inSpan(options, work);
}

function publishersOf(records: readonly BusRecord[]): string[] {
  const found = new Set<string>();
  for (const { headers } of records) {
    const traceparent = traceparentIn(headers);
    if (traceparent !== undefined) found.add(traceparent);
    if (found.size >= MAX_LINKS) break;
  }
  return [...found];
}
