import type { CdrCost, EndedTransaction, Tariff } from '@voltbus/contracts';
import { Decimal } from 'decimal.js';
import { driverPrices, money, priceText } from './price-text';

/** Vendor of the messages of "OCPP & California Pricing Requirements" (Open Charge Alliance). */
export const COST_VENDOR = 'org.openchargealliance.costmsg';
/** Digits of prices and costs in messages. */
const DIGITS = 3;
const WH_OF_KWH = 1_000;

/** A session, as far as a display needs it. `tariff` null: nothing is charged. */
interface ShownSession {
  account: Pick<EndedTransaction, 'meterStartWh' | 'energyWh' | 'periods'>;
  cost: CdrCost;
  tariff: Tariff | null;
}

export interface CostMessage extends Record<string, unknown> {
  vendorId: typeof COST_VENDOR;
  messageId: 'SetUserPrice' | 'RunningCost' | 'FinalCost';
  /** JSON. */
  data: string;
}

function costMessage(messageId: CostMessage['messageId'], data: object): CostMessage {
  return { vendorId: COST_VENDOR, messageId, data: JSON.stringify(data) };
}

export function setUserPrice(idToken: string, tariff: Tariff): CostMessage {
  return costMessage('SetUserPrice', { idToken, priceText: priceText(tariff) });
}

/** `at`: by the clock of the station. */
export function runningCost(transactionId: number, { account, cost, tariff }: ShownSession, at: Date): CostMessage {
  const state = account.periods.at(-1)?.kind === 'idle' ? 'Idle' : 'Charging';
  return costMessage('RunningCost', {
    ...{ transactionId, timestamp: at.toISOString(), meterValue: Math.round((account.meterStartWh ?? 0) + (account.energyWh ?? 0)) },
    ...{ cost: Number(cost.totalInclTax), state },
    ...(tariff === null ? {} : unitPrices(tariff)),
  });
}

export function finalCost(transactionId: number, session: ShownSession): CostMessage {
  return costMessage('FinalCost', { transactionId, cost: Number(session.cost.totalInclTax), priceText: finalText(session) });
}

/** What costs nothing is left out: a station then shows no price for it. */
function unitPrices(tariff: Tariff): object {
  const { perKwh, perHour, perIdleHour, fixed } = driverPrices(tariff);
  const given = (name: string, price: Decimal): object => (price.isZero() ? {} : { [name]: number(price) });
  const chargingPrice = { ...given('kWhPrice', perKwh), ...given('hourPrice', perHour), ...given('flatFee', fixed) };
  const idlePrice = { graceMinutes: tariff.idleGraceMinutes, hourPrice: number(perIdleHour) };
  return { chargingPrice, ...(perIdleHour.isZero() ? {} : { idlePrice }) };
}

/** What drivers read at the end, such as `EUR 12.34 for 20.5 kWh`. */
function finalText({ account, cost }: ShownSession): string {
  const kwh = new Decimal(account.energyWh ?? 0).div(WH_OF_KWH).toDecimalPlaces(DIGITS);
  return `${money(new Decimal(cost.totalInclTax), cost.currency)} for ${kwh.toString()} kWh`;
}

function number(price: Decimal): number {
  return price.toDecimalPlaces(DIGITS).toNumber();
}
