import { PRICES, TENANTS, type EventType, type Tariff } from '@voltbus/contracts';
import type { ServiceFixture } from '../../testing/service-fixture';

export const tariff = (name: string, perKwh: string, more: Partial<Tariff> = {}): Tariff => ({
  tariff: name,
  currency: 'EUR',
  perKwh,
  perMinute: '0',
  perIdleMinute: '0.10',
  idleGraceMinutes: 5,
  fixed: '1',
  taxPercent: '20',
  ...more,
});

/** Publishes the price events of other services. */
export function priceEventsOf(service: ServiceFixture) {
  const deliver = (event: EventType, tenant: string, value: object, more: { time?: string; station?: string } = {}): Promise<void> =>
    service.deliver(event, value, { tenant, ...more });
  return {
    deliver,
    terms: (tenant: string, more: object = {}, time?: string) => {
      const value = { tenant, unknownTokens: 'accept', currency: 'EUR', defaultTariff: 'day', showCost: true, ...more };
      return deliver(TENANTS.events.changed, tenant, value, time === undefined ? {} : { time });
    },
    price: (tenant: string, value: Tariff, more: { time?: string } = {}) =>
      deliver(PRICES.events.changed, tenant, { kind: 'tariff', name: value.tariff, value }, more),
  };
}
