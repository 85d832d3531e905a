import type { BusRecord, HandlerContext } from '@voltbus/bus';
import { PRICES, TENANTS, toCloudEventHeaders, type Tariff, type Topic } from '@voltbus/contracts';
import { onPriceChanged } from '../events/on-price-changed';
import { onTenantChanged } from '../../authorization/events/on-tenant-changed';
import type { ServiceFixture } from '../../testing/service-fixture';

const LONG_AGO = '2026-01-01T00:00:00.000Z';

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

/** For specs: what the neighbours say of prices, as their topics carry it. */
export function priceEventsOf(service: ServiceFixture) {
  async function tell(topic: Topic, tenant: string, value: object, { time = LONG_AGO, station = '-' } = {}): Promise<void> {
    const subject = `${tenant}/${station}`;
    const headers = toCloudEventHeaders({ id: 'x', type: 'voltbus.tenant.changed', source: '/spec', time, subject, tenant });
    // what the handlers read of a record
    const record = { topic: topic.name, key: subject, value: Buffer.from(JSON.stringify(value)), headers } as unknown as BusRecord;
    const handler = onPriceChanged(service.prices, service.stationRows)(record) ?? onTenantChanged(service.tokenStore, service.prices);
    if (handler.shape === 'key') await handler.handle(record, {} as HandlerContext);
  }
  return {
    tell,
    terms: (tenant: string, more: object = {}, time = LONG_AGO) =>
      tell(TENANTS, tenant, { unknownTokens: 'accept', currency: 'EUR', defaultTariff: 'day', showCost: true, ...more }, { time }),
    price: (tenant: string, value: Tariff, more: { time?: string } = {}) =>
      tell(PRICES, tenant, { kind: 'tariff', name: value.tariff, value }, more),
  };
}
