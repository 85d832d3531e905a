import { readTopic } from '@voltbus/bus';
import { CDRS, type Cdr } from '@voltbus/contracts';

export interface Told {
  /** Records read, repeats included. */
  records: number;
  /** By station of the tenant; an event that was told again is there once. */
  cdrs: ReadonlyMap<string, Cdr[]>;
}

/** What `csms.cdrs.v1` says, read from its beginning as any other team would. */
export async function readCdrs(brokers: string[], tenant: string): Promise<Told> {
  const cdrs = new Map<string, Cdr[]>();
  const events = new Set<string>();
  const records = await readTopic(brokers, CDRS.name);
  for (const { value, headers } of records) {
    const cdr = JSON.parse(value) as Cdr; // as its owner tells it
    const event = headers['ce_id'] ?? '';
    if (cdr.tenant !== tenant || events.has(event)) continue;
    events.add(event);
    cdrs.set(cdr.station, [...(cdrs.get(cdr.station) ?? []), cdr]);
  }
  return { records: records.length, cdrs };
}
