import type { BusRecord } from '@voltbus/bus';
import {
  DEFAULT_INSTALLATION,
  DEFAULT_TENANT,
  NO_STATION,
  cloudEventOf,
  stationKey,
  toCloudEventHeaders,
  type EventType,
} from '@voltbus/contracts';
import type { Service } from '../service';

/** What the record of an event tells beside its value. */
export interface EventSource {
  tenant?: string;
  station?: string;
  /** Time of the event, ISO 8601. */
  time?: string;
  billedRevision?: number;
}

const LONG_AGO = '2026-01-01T00:00:00.000Z';

/** A record of an event, whose value may be wrong on purpose. */
export function eventRecord(
  { type, ...rest }: EventType,
  value: object,
  { tenant = DEFAULT_TENANT, station = NO_STATION, time = LONG_AGO, billedRevision }: EventSource,
): BusRecord {
  const ref = { tenant, station };
  const revised = billedRevision === undefined ? {} : { billedRevision };
  const texts =
    type === null
      ? {}
      : toCloudEventHeaders({ ...cloudEventOf({ ...rest, type }, { installation: DEFAULT_INSTALLATION, id: 'x', ref, time }), ...revised });
  return {
    ...{ topic: rest.topic.name, partition: 0, offset: 1n, timestamp: Date.now(), key: stationKey(ref) },
    value: Buffer.from(JSON.stringify(value)),
    headers: Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)])),
  };
}

/** Hands records of an event type in one batch to the blocks that subscribe to it, as the service does. Rejects with what they throw. */
export async function deliverEvents(service: Service, { topic, type }: EventType, records: readonly BusRecord[]): Promise<void> {
  const context = { settle: () => undefined, signal: new AbortController().signal };
  for (const { topic: read, types, ...subscription } of service.definition.blocks.flatMap((block) => block.on?.(service.use(block)) ?? []))
    if (read.name === topic.name && types.includes(type)) {
      const events = records.map((record) => subscription.read(record));
      await subscription.handle(events, context);
    }
}
