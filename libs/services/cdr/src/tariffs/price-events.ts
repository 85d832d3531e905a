import { NO_STATION, PRICES, deterministicId, type PriceChange } from '@voltbus/contracts';
import { outboxEvent, type OutboxEvent } from '@voltbus/database';

/** The event on `csms.internal.prices.v1`: a price that holds from an instant on. */
export function priceChanged(tenant: string, change: PriceChange, at: Date): OutboxEvent {
  const time = at.toISOString();
  const id = deterministicId(tenant, change.kind, change.name, time);
  return outboxEvent(PRICES.events.changed, { id, ref: { tenant, station: NO_STATION }, time, value: change });
}
