import type { SessionTruth } from './truth';

/** What the fleet's sessions cost, per kWh and each, in cents without tax: so simple that the energy decides. */
const CENTS_PER_KWH = 41;
const CENTS_FIXED = 50;
const WH_PER_KWH = 1_000;

/** The group of tokens that the fleet's token is in, which has the tariff. */
export const GROUP = 'SIMULATOR';
/** In the words of `PUT /v1/tariffs/{tariff}`; the currency is the tenant's. */
export const TARIFF = { perKwh: amount(CENTS_PER_KWH), fixed: amount(CENTS_FIXED), taxPercent: '19' };

/** What a session must be billed at, without tax: reckoned in whole cents, half to even, by no one's code but this. */
export function expectedTotal({ startWh, stopWh }: Pick<SessionTruth, 'startWh' | 'stopWh'>): string {
  const scaled = (stopWh - startWh) * CENTS_PER_KWH;
  const rest = scaled % WH_PER_KWH;
  const whole = (scaled - rest) / WH_PER_KWH;
  const up = rest * 2 > WH_PER_KWH || (rest * 2 === WH_PER_KWH && whole % 2 === 1);
  return amount(whole + (up ? 1 : 0) + CENTS_FIXED);
}

/** The cents of an amount such as `-1.20`. */
export function centsOf(text: string): number {
  return Math.round(Number(text) * 100);
}

function amount(cents: number): string {
  return (cents / 100).toFixed(2);
}
