import type { BusRecord } from '@voltbus/bus';
import {
  CDRS,
  COMMAND_RESULTS,
  CONNECTIONS,
  STATION_CHANGES,
  TRANSACTIONS,
  fromCloudEventHeaders,
  parseStationKey,
  transactionSchema,
  type StationRef,
  type Topic,
} from '@voltbus/contracts';
import type { ResourceEvent } from './resource-event';

/** What a record tells listeners: a resource, or that a station changed, whose resource is to be read. Null: nothing. */
export type News = { tenant: string; event: ResourceEvent } | { changed: StationRef } | null;

export interface Source {
  topic: Topic;
  /** Only of a tenant that is `wanted`. Throws on what is none of ours. */
  read(record: BusRecord, tenant: string): News;
}

/** Where events come from. A CDR and a command are on their topics as the API shows them. */
export const SOURCES: readonly Source[] = [
  { topic: TRANSACTIONS, read: (record, tenant) => ({ tenant, event: { type: 'transaction', json: transactionOf(record) } }) },
  { topic: CDRS, read: ({ value }, tenant) => ({ tenant, event: { type: 'cdr', json: value.toString('utf8') } }) },
  { topic: COMMAND_RESULTS, read: ({ value }, tenant) => ({ tenant, event: { type: 'command', json: value.toString('utf8') } }) },
  { topic: CONNECTIONS, read: connectionNews },
  { topic: STATION_CHANGES, read: ({ key }) => ({ changed: parseStationKey(key) }) },
];

/** Without what the topic has beside: its periods and signed readings. */
function transactionOf({ value }: BusRecord): string {
  return JSON.stringify(transactionSchema.parse(JSON.parse(value.toString('utf8'))));
}

/** Who was refused is no station's change. */
function connectionNews({ key, headers }: BusRecord): News {
  const { type } = fromCloudEventHeaders(headers);
  return type === 'voltbus.station.refused' ? null : { changed: parseStationKey(key) };
}
