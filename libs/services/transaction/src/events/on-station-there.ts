import { PoisonError, type BusRecord, type Handler } from '@voltbus/bus';
import { connectionEventSchema, fromCloudEventHeaders, type ConnectionEvent } from '@voltbus/contracts';
import { transiently } from '@voltbus/persistence';
import type { LocalLists } from '../local-list/local-lists';

/** `csms.connections.v1`: stations are there to be asked about their lists, or are not. Null for refusals. */
export function onStationThere(lists: LocalLists): (record: BusRecord) => Handler | null {
  const came: Handler = {
    shape: 'key',
    name: 'local-list-connected',
    handle: (record) => transiently(() => lists.came(connectionIn(record))),
  };
  const went: Handler = {
    shape: 'key',
    name: 'local-list-disconnected',
    handle: (record) => transiently(() => lists.went(connectionIn(record))),
  };
  const handlers = new Map([
    ['voltbus.station.connected', came],
    ['voltbus.station.disconnected', went],
  ]);
  return ({ headers }) => handlers.get(fromCloudEventHeaders(headers).type) ?? null;
}

function connectionIn({ value }: BusRecord): ConnectionEvent {
  const { data, error } = connectionEventSchema.safeParse(JSON.parse(value.toString('utf8')));
  if (error) throw new PoisonError('a connection event that names no station, version, epoch or time', { cause: error });
  return data;
}
