import { createHash } from 'node:crypto';
import type { Tariff } from '@voltbus/contracts';
import type { v21 } from '@voltbus/ocpp';

/** Characters of a tariff's name, so that the id fits into its 60 characters with the digest of its content. */
const NAME_LENGTH = 43;
const DIGEST_LENGTH = 16;
const SECONDS_PER_MINUTE = 60;

/**
 * Forms the TariffType of a tariff, prices without tax. Another content has another id (I08.FR.09), without `validFrom`
 * (I08.FR.08). Free components are left out except energy; the grace minutes are the first of the idle time.
 */
export function tariffType(tariff: Tariff): v21.TariffType {
  const { currency, perKwh, perMinute, perIdleMinute, idleGraceMinutes, fixed, taxPercent } = tariff;
  const taxRates: v21.TaxRateType[] = [{ type: 'VAT', tax: Number(taxPercent) }];
  const conditions = idleGraceMinutes === 0 ? {} : { conditions: { minIdleTime: idleGraceMinutes * SECONDS_PER_MINUTE } };
  return {
    tariffId: idOf(tariff),
    currency,
    energy: { prices: [{ priceKwh: Number(perKwh) }], taxRates },
    ...(isFree(perMinute) ? {} : { chargingTime: { prices: [{ priceMinute: Number(perMinute) }], taxRates } }),
    ...(isFree(perIdleMinute) ? {} : { idleTime: { prices: [{ priceMinute: Number(perIdleMinute), ...conditions }], taxRates } }),
    ...(isFree(fixed) ? {} : { fixedFee: { prices: [{ priceFixed: Number(fixed) }], taxRates } }),
  };
}

function idOf({ tariff, currency, perKwh, perMinute, perIdleMinute, idleGraceMinutes, fixed, taxPercent }: Tariff): string {
  const content = JSON.stringify([currency, ...[perKwh, perMinute, perIdleMinute, idleGraceMinutes, fixed, taxPercent].map(Number)]);
  const digest = createHash('sha256').update(content).digest('hex').slice(0, DIGEST_LENGTH);
  return `${tariff.slice(0, NAME_LENGTH)}-${digest}`;
}

function isFree(price: string): boolean {
  return Number(price) === 0;
}
