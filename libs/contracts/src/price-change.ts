import type { Tariff } from './cdr';

/**
 * `csms.prices.v1`, `voltbus.price.changed`: what cdr is told of prices, from the event's time on, for who tells drivers what a session costs.
 * Null: removed. Groups are named without regard to case.
 */
export type PriceChange =
  | { kind: 'tariff'; name: string; value: Tariff | null }
  /** The value is the name of the tariff that the group has. */
  | { kind: 'token-group' | 'station-group'; name: string; value: string | null };
