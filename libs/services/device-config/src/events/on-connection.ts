import { PoisonError, type BusRecord, type Handler } from '@voltbus/bus';
import { fromCloudEventHeaders, type ConnectionEvent } from '@voltbus/contracts';
import { transiently } from '@voltbus/persistence';
import type { Evictions } from '../evictions';
import type { Presence, TypeormPresence } from '../store/typeorm-presence';

const CONNECTED = 'voltbus.station.connected';
const DISCONNECTED = 'voltbus.station.disconnected';

/** Whether the record says that a station came or went; refused connections are not presence. */
export function isPresence(record: BusRecord): boolean {
  const { type } = fromCloudEventHeaders(record.headers);
  return type === CONNECTED || type === DISCONNECTED;
}

/** Keeps who is there, and turns out who should not be. */
export function onConnection(store: TypeormPresence, evictions: Evictions): Handler {
  return {
    shape: 'batch',
    name: 'on-connection',
    handle: (records: BusRecord[]) =>
      transiently(async () => {
        const said = records.map(presenceOf);
        await store.writeMany(said);
        await evictions.ofUnwelcome(said.filter(({ online }) => online));
      }),
  };
}

function presenceOf(record: BusRecord): Presence {
  // The topic's owner is the only one who writes it.
  const { tenant, station, protocol, epoch, at } = JSON.parse(record.value.toString('utf8')) as Partial<ConnectionEvent>;
  if (tenant === undefined || station === undefined || protocol === undefined || epoch === undefined || at === undefined)
    throw new PoisonError('a connection event that names no station, version, epoch or time');
  return { tenant, station, protocol, epoch, at, online: fromCloudEventHeaders(record.headers).type === CONNECTED };
}
