import { PoisonError, type BusRecord, type Handler } from '@voltbus/bus';
import { fromCloudEventHeaders, type ConnectionRefusal } from '@voltbus/contracts';
import { transiently } from '@voltbus/database';
import type { TypeormRefusedConnections } from './typeorm-refused-connections';

const REFUSED = 'voltbus.station.refused';

export function isConnectionRefused(record: BusRecord): boolean {
  return fromCloudEventHeaders(record.headers).type === REFUSED;
}

/** Keeps who was not let in, and why. */
export function onConnectionRefused(store: TypeormRefusedConnections): Handler {
  return {
    shape: 'batch',
    name: 'on-refusal',
    handle: (records: BusRecord[]) => transiently(() => store.writeMany(records.map(refusalOf))),
  };
}

function refusalOf({ value }: BusRecord): ConnectionRefusal {
  // The topic's owner is the only one who writes it.
  const { tenant = null, station = null, remoteAddress, reason, at } = JSON.parse(value.toString('utf8')) as Partial<ConnectionRefusal>;
  if (remoteAddress === undefined || reason === undefined || at === undefined)
    throw new PoisonError('a refusal that does not say whom, why or when');
  return { tenant, station, remoteAddress, reason, at };
}
