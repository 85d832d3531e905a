import { PRICES, STATIONS, fromCloudEventHeaders, parseStationKey, type PriceChange, type StationGrouping } from '@voltbus/contracts';
import type { BusRecord, Handler } from '@voltbus/bus';
import { transiently } from '@voltbus/database';
import type { TypeormStationRows } from '../../store/typeorm-station-rows';
import type { TypeormPrices } from '../store/typeorm-prices';

/** Keeps tariffs, who has which, and the groups of stations, each with its history; lets go of what it has of a deleted station. Null for other records. */
export function onPriceChanged(prices: TypeormPrices, stations: Pick<TypeormStationRows, 'remove'>): (record: BusRecord) => Handler | null {
  const told: Handler = {
    shape: 'key',
    name: 'on-price-changed',
    handle: (record) => {
      const { tenant, time } = fromCloudEventHeaders(record.headers);
      return transiently(() => prices.remember(tenant, read<PriceChange>(record), new Date(time)));
    },
  };
  const grouped: Handler = {
    shape: 'key',
    name: 'on-station-grouped',
    handle: (record) => {
      const { subject, time, type } = fromCloudEventHeaders(record.headers);
      const station = parseStationKey(subject);
      return transiently(async () => {
        await prices.regroup(station, read<StationGrouping>(record).group, new Date(time));
        if (type === 'voltbus.station.deleted') await stations.remove(station);
      });
    },
  };
  return ({ topic }) => (topic === PRICES.name ? told : topic === STATIONS.name ? grouped : null);
}

/** The topics' owners are the only ones who write them. */
function read<T>({ value }: BusRecord): T {
  return JSON.parse(value.toString('utf8')) as T;
}
