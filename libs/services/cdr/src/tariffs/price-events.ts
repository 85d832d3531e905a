import { PRICES, deterministicId, stationKey, type PriceChange } from '@voltbus/contracts';
import type { OutboxEvent } from '@voltbus/database';

/** In the place of a station, where there is none. */
const NO_STATION = '-';

/** The event on `csms.prices.v1`: a price that holds from an instant on. */
export function priceChanged(tenant: string, change: PriceChange, at: Date): OutboxEvent {
  const ref = { tenant, station: NO_STATION };
  const time = at.toISOString();
  return {
    topic: PRICES,
    ref,
    event: {
      id: deterministicId(tenant, change.kind, change.name, time),
      type: 'voltbus.price.changed',
      source: '/voltbus/cdr',
      time,
      subject: stationKey(ref),
      tenant,
    },
    value: change,
  };
}
