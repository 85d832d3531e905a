import { TARIFF_NAME } from '@voltbus/contracts';
import { decimal } from '@voltbus/http';
import { CURRENCIES } from '@voltbus/pricing';
import { z } from 'zod';

const price = decimal(9);

/** A price that is left out of a new tariff is 0. */
export const TARIFF_DEFAULTS = { perKwh: '0', perMinute: '0', perIdleMinute: '0', idleGraceMinutes: 0, fixed: '0', taxPercent: '0' };

/** Prices that a PUT of an existing tariff may not leave out. */
export const TARIFF_PRICES = Object.keys(TARIFF_DEFAULTS) as (keyof typeof TARIFF_DEFAULTS)[]; // the keys are the object's own

const prices = {
  currency: z
    .string()
    .refine((code) => CURRENCIES.has(code), 'is no currency of ISO 4217')
    .describe("ISO 4217; the tenant's own"),
  perKwh: price.describe('Without tax, as all prices here'),
  perMinute: price.describe('While energy flows'),
  perIdleMinute: price.describe('While none flows, beyond the grace'),
  idleGraceMinutes: z.int().min(0).max(10_080).describe("Of the session's idle time, the first so many minutes cost nothing"),
  fixed: price.describe('Once for each session'),
  taxPercent: price,
};

/**
 * `PUT /v1/tariffs/{tariff}`: the name is the path's, prices are without tax. A price that is left out of a new tariff is 0; a price of an existing tariff must
 * be given again, be it as 0.
 */
export const putTariffSchema = z
  .strictObject({ tariff: z.string().optional().describe('May repeat the path, which counts'), ...prices })
  .partial({ perKwh: true, perMinute: true, perIdleMinute: true, idleGraceMinutes: true, fixed: true, taxPercent: true })
  .meta({ id: 'TariffPut', description: 'A tariff, whole' });

export const tariffNameSchema = z.string().regex(TARIFF_NAME, 'is no name of a tariff: 1 to 100 letters, digits, and _ . : -');
