import { readTopic } from '@voltbus/bus';
import { CDRS, COMMAND_RESULTS, type Cdr, type Command } from '@voltbus/contracts';
import { kafkaAccessOfEnvironment } from '@voltbus/runtime';

export interface PublishedCdrs {
  /** Number of records, repeats included. */
  records: number;
  /** By station of the tenant. An event that was published again is there once. */
  cdrs: ReadonlyMap<string, Cdr[]>;
}

/** Reads `csms.cdrs.v1` from its beginning, as any other team would; TLS and SASL are those of the environment. */
export async function readPublishedCdrs(brokers: string, tenant: string): Promise<PublishedCdrs> {
  const cdrs = new Map<string, Cdr[]>();
  const { records, events } = await readEvents<Cdr>(brokers, CDRS.name, tenant);
  for (const cdr of events) cdrs.set(cdr.station, [...(cdrs.get(cdr.station) ?? []), cdr]);
  return { records, cdrs };
}

/** Reads the outcomes of commands from `csms.command-results.v1`, each event once. */
export async function readPublishedCommands(brokers: string, tenant: string): Promise<Command[]> {
  return (await readEvents<Command>(brokers, COMMAND_RESULTS.name, tenant)).events;
}

/** The events of a tenant, each once, and the number of records with those that were published again. */
async function readEvents<T extends { tenant: string }>(
  brokers: string,
  topic: string,
  tenant: string,
): Promise<{ records: number; events: T[] }> {
  const records = await readTopic(brokers.split(','), topic, kafkaAccessOfEnvironment(brokers));
  const seen = new Set<string>();
  const events: T[] = [];
  for (const { value, headers } of records) {
    const event = JSON.parse(value) as T; // its owner checks it by the topic's schema
    const id = headers['ce_id'] ?? '';
    if (event.tenant !== tenant || seen.has(id)) continue;
    seen.add(id);
    events.push(event);
  }
  return { records: records.length, events };
}
