import type { SessionTruth } from '@voltbus/virtual-station';

/** The fleet's tariff in cents without tax, per kWh and per session. It is so simple that only the energy decides. */
const CENTS_PER_KWH = 41;
const CENTS_FIXED = 50;
const WH_PER_KWH = 1_000;

/** The token group of the fleet's token, to which the tariff is assigned. */
export const TOKEN_GROUP = 'SIMULATOR';
/** The body of `PUT /v1/tariffs/{tariff}`; the currency is the tenant's. */
export const TARIFF = { perKwh: amount(CENTS_PER_KWH), fixed: amount(CENTS_FIXED), taxPercent: '19' };

/** The right price of a session without tax, in whole cents, rounded half to even. It shares no code with libs/pricing. */
export function expectedTotal({ startWh, stopWh }: Pick<SessionTruth, 'startWh' | 'stopWh'>): string {
  const scaled = (stopWh - startWh) * CENTS_PER_KWH;
  const rest = scaled % WH_PER_KWH;
  const whole = (scaled - rest) / WH_PER_KWH;
  const up = rest * 2 > WH_PER_KWH || (rest * 2 === WH_PER_KWH && whole % 2 === 1);
  return amount(whole + (up ? 1 : 0) + CENTS_FIXED);
}

/** Converts an amount such as `-1.20` to cents. */
export function centsOf(text: string): number {
  return Math.round(Number(text) * 100);
}

function amount(cents: number): string {
  return (cents / 100).toFixed(2);
}
