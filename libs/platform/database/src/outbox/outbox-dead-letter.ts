import type { Logger } from '@voltbus/telemetry';
import { deadLetterTo, type Bus, type RecordRefused } from '@voltbus/bus';

/** A row of the outbox, as it is relayed. */
export interface OutboxRow {
  id: string;
  topic: string;
  key: string;
  headers: Record<string, string>;
  value: string;
}

/** A row has no place in its topic yet. */
const NO_PARTITION = -1;

/** Publishes a row that the bus will never take as a dead letter under the row's id. Rejects while the bus is away. */
export function outboxDeadLetters({
  bus,
  schema,
  logger,
}: {
  bus: Bus;
  schema: string;
  logger: Logger;
}): (row: OutboxRow, error: RecordRefused) => Promise<void> {
  const publishDeadLetter = deadLetterTo(bus, { logger });
  return ({ id, topic, key, headers, value }, error) => {
    const raw = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
    return publishDeadLetter(
      { topic, partition: NO_PARTITION, offset: BigInt(id), key, value: Buffer.from(value), headers: raw, timestamp: Date.now() },
      { kind: 'poison', group: `outbox:${schema}`, handler: 'outbox-relay', error, attempts: 1 },
    );
  };
}
