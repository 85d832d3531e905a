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

/** The change in a record: a resource, or the station that changed and must be read. Null: a record that is not streamed. */
type Change = { tenant: string; event: ResourceEvent } | { station: StationRef } | null;

/** Called only for a tenant whose events are buffered. Throws on a record that no service of ours writes. */
export type ReadChange = (record: BusRecord, tenant: string) => Change;

/** The topics that are streamed, and how their records are read. CDRs and commands are on their topics as the API shows them. */
export const SOURCES: readonly (readonly [Topic, ReadChange])[] = [
  [TRANSACTIONS, sessionChange],
  [CDRS, (record, tenant) => ({ tenant, event: { type: 'cdr', station: stationOf(record), json: textOf(record) } })],
  [COMMAND_RESULTS, (record, tenant) => ({ tenant, event: { type: 'command', station: stationOf(record), json: textOf(record) } })],
  [CONNECTIONS, connectionChange],
  [STATION_CHANGES, ({ key }) => ({ station: parseStationKey(key) })],
];

function stationOf({ key }: BusRecord): string {
  return parseStationKey(key).station;
}

function textOf({ value }: BusRecord): string {
  return value.toString('utf8');
}

/** The topic has transactions and reservations; these are on it as the API shows them. */
function sessionChange(record: BusRecord, tenant: string): Change {
  const { type } = fromCloudEventHeaders(record.headers);
  const station = stationOf(record);
  if (type === TRANSACTIONS.events.reservationChanged.type)
    return { tenant, event: { type: 'reservation', station, json: textOf(record) } };
  return { tenant, event: { type: 'transaction', station, json: transactionOf(record) } };
}

/** Leaves out the periods and signed readings, which the topic has and the API does not show. */
function transactionOf({ value }: BusRecord): string {
  return JSON.stringify(transactionSchema.parse(JSON.parse(value.toString('utf8'))));
}

/** A refused connection changes no station. */
function connectionChange({ key, headers }: BusRecord): Change {
  const { type } = fromCloudEventHeaders(headers);
  return type === CONNECTIONS.events.refused.type ? null : { station: parseStationKey(key) };
}
