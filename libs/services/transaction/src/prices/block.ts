import { PRICES, STATIONS, TENANTS } from '@voltbus/contracts';
import { defineBlock, onEach } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { CostDisplay } from './cost-display';
import { DefaultTariffs } from './default-tariffs';
import { DriverTariffs } from './driver-tariffs';
import { DefaultTariffController } from './http/default-tariff.controller';
import { ShownCosts } from './shown-costs';
import { pricesMigration } from './store/migrations/0060-prices';
import { tables } from './store/tables';
import { TypeormPrices } from './store/typeorm-prices';

export const prices = defineBlock({
  name: 'prices',
  migrations: [pricesMigration],
  tables,
  store: ({ database }) => new TypeormPrices(database),
  build: ({ store, use, commands, connections, now }) => {
    const shown = new ShownCosts(store);
    return {
      prices: store,
      shown,
      costDisplay: new CostDisplay(use(telemetry)),
      driverTariffs: new DriverTariffs({ prices: store, shown, telemetry: use(telemetry) }),
      defaultTariffs: new DefaultTariffs({ commands, connections, prices: store, now }),
    };
  },
  on: ({ prices }) => [
    onEach(TENANTS.events.changed, ({ data, tenant, time }) => {
      const { currency, defaultTariff, showCost } = data;
      return prices.rememberTerms(tenant, { currency, defaultTariff, showCost }, time);
    }),
    onEach(PRICES.events.changed, ({ data, tenant, time }) => prices.remember(tenant, data, time)),
    onEach([STATIONS.events.grouped, STATIONS.events.deleted], ({ data, time }) => prices.regroup(data, data.group, time)),
  ],
  controllers: [DefaultTariffController],
  provides: (provide) => [provide(DefaultTariffs, ({ defaultTariffs }) => defaultTariffs)],
});
