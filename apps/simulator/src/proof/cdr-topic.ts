import { readTopic } from '@voltbus/bus';
import { CDRS, type Cdr } from '@voltbus/contracts';
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
  const events = new Set<string>();
  const records = await readTopic(brokers.split(','), CDRS.name, kafkaAccessOfEnvironment(brokers));
  for (const { value, headers } of records) {
    const cdr = JSON.parse(value) as Cdr; // its owner checks it by the topic's schema
    const event = headers['ce_id'] ?? '';
    if (cdr.tenant !== tenant || events.has(event)) continue;
    events.add(event);
    cdrs.set(cdr.station, [...(cdrs.get(cdr.station) ?? []), cdr]);
  }
  return { records: records.length, cdrs };
}
