export type { AcceptedDriver, CostDisplay, CostShower } from './cost-display';
export type { DriverTariffs } from './driver-tariffs';
export { tariffType } from './ocpp2/tariff';
export { COST_WITHIN_MS, type ShownCosts } from './shown-costs';
export type { TypeormPrices } from './store/typeorm-prices';
