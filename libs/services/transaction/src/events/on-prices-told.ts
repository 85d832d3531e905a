import { PRICES, STATIONS, fromCloudEventHeaders, parseStationKey, type PriceNews, type StationGrouping } from '@voltbus/contracts';
import type { BusRecord, Handler } from '@voltbus/bus';
import { transiently } from '@voltbus/persistence';
import type { TypeormPrices } from '../store/typeorm-prices';

/** Keeps tariffs, who has which, and the groups of stations, each with its history. Null for other records. */
export function onPricesTold(prices: TypeormPrices): (record: BusRecord) => Handler | null {
  const told: Handler = {
    shape: 'key',
    name: 'on-price-changed',
    handle: (record) => {
      const { tenant, time } = fromCloudEventHeaders(record.headers);
      return transiently(() => prices.remember(tenant, read<PriceNews>(record), new Date(time)));
    },
  };
  const grouped: Handler = {
    shape: 'key',
    name: 'on-station-grouped',
    handle: (record) => {
      const { subject, time } = fromCloudEventHeaders(record.headers);
      return transiently(() => prices.regroup(parseStationKey(subject), read<StationGrouping>(record).group, new Date(time)));
    },
  };
  return ({ topic }) => (topic === PRICES.name ? told : topic === STATIONS.name ? grouped : null);
}

/** The topics' owners are the only ones who write them. */
function read<T>({ value }: BusRecord): T {
  return JSON.parse(value.toString('utf8')) as T;
}
