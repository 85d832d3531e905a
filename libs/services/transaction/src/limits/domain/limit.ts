import { Decimal } from 'decimal.js';

/** An amount of money as requests write it: a decimal string without sign. */
export const AMOUNT = /^\d{1,9}(\.\d{1,4})?$/;

/** How far a session may go (E16): what it reaches first ends it. */
export interface Limit {
  maxEnergyWh?: number;
  maxSeconds?: number;
  /** With tax, in the tenant's currency; a decimal string. */
  maxCost?: string;
}

/** The kinds of limits. */
export type LimitKind = keyof Limit;

/** The progress of a session, as compared with its limit. */
interface Reached {
  energyWh: number;
  seconds: number;
  /** Null: not known. */
  cost: number | null;
}

/** Of each kind the lower one; null where there is none. */
export function tighter(one: Limit | null, other: Limit | null): Limit | null {
  if (one === null || other === null) return one ?? other;
  return {
    ...lower('maxEnergyWh', one, other),
    ...lower('maxSeconds', one, other),
    ...lower('maxCost', one, other),
  };
}

/** E16.FR.08: the part of the limit that is lower than the station's own and must be sent to it; null: none is. */
export function lowering(limit: Limit, stations: Limit): Limit | null {
  const kinds = (['maxEnergyWh', 'maxSeconds', 'maxCost'] as const).filter((kind) => isLower(limit[kind], stations[kind]));
  return kinds.length === 0 ? null : Object.fromEntries(kinds.map((kind) => [kind, limit[kind]]));
}

/** Of those kinds alone. */
export function among(limit: Limit, kinds: readonly LimitKind[]): Limit {
  return Object.fromEntries(kinds.filter((kind) => limit[kind] !== undefined).map((kind) => [kind, limit[kind]]));
}

/** The rest of it. */
export function beside(limit: Limit, kinds: readonly LimitKind[]): Limit {
  return Object.fromEntries(Object.entries(limit).filter(([kind]) => !kinds.some((one) => one === kind)));
}

export function isReached({ maxEnergyWh, maxSeconds, maxCost }: Limit, { energyWh, seconds, cost }: Reached): boolean {
  if (maxEnergyWh !== undefined && energyWh >= maxEnergyWh) return true;
  if (maxSeconds !== undefined && seconds >= maxSeconds) return true;
  return maxCost !== undefined && cost !== null && new Decimal(cost).gte(maxCost);
}

function lower<K extends keyof Limit>(kind: K, one: Limit, other: Limit): Limit {
  const value = isLower(one[kind], other[kind]) ? one[kind] : other[kind];
  return value === undefined ? {} : { [kind]: value };
}

/** There is one, and none that is as low. */
function isLower(value: number | string | undefined, than: number | string | undefined): boolean {
  if (value === undefined) return false;
  return than === undefined || new Decimal(value).lt(than);
}
