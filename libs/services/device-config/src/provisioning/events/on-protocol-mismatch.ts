import { PoisonError, type BusRecord, type Handler } from '@voltbus/bus';
import { fromCloudEventHeaders, protocolMismatchSchema } from '@voltbus/contracts';
import { transiently } from '@voltbus/database';
import type { Stations } from '../stations';

const PROTOCOL_MISMATCH = 'voltbus.station.protocol-mismatch';

export function isProtocolMismatch(record: BusRecord): boolean {
  return fromCloudEventHeaders(record.headers).type === PROTOCOL_MISMATCH;
}

/** Pins a station to the version that it spoke. */
export function onProtocolMismatch(stations: Pick<Stations, 'pin'>): Handler {
  return {
    shape: 'key',
    name: 'on-misspoken',
    async handle({ value }) {
      const { data, error } = protocolMismatchSchema.safeParse(JSON.parse(value.toString('utf8')));
      if (error) throw new PoisonError('a station that misspoke, without its name, version, epoch or time', { cause: error });
      const { tenant, station, spoken, epoch } = data;
      await transiently(() => stations.pin({ tenant, station }, { protocol: spoken, epoch }));
    },
  };
}
