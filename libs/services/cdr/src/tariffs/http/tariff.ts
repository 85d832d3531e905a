import { TARIFF_NAME, type Tariff } from '@voltbus/contracts';
import { decimal, type Resource } from '@voltbus/http';
import { CURRENCIES } from '@voltbus/pricing';
import { z } from 'zod';

const price = decimal(9);

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

/** `PUT /v1/tariffs/{tariff}`: the name is the path's, prices are without tax. */
const putTariffSchema = z
  .strictObject({
    tariff: z.string().optional().describe('May repeat the path, which counts'),
    currency: prices.currency,
    perKwh: prices.perKwh,
    perMinute: prices.perMinute.default('0'),
    perIdleMinute: prices.perIdleMinute.default('0'),
    idleGraceMinutes: prices.idleGraceMinutes.default(0),
    fixed: prices.fixed.default('0'),
    taxPercent: prices.taxPercent.default('0'),
  })
  .meta({ id: 'TariffPut', description: 'A tariff, whole' });

export const tariffResource: Resource<typeof putTariffSchema, Tariff> = {
  noun: 'tariff',
  schema: putTariffSchema,
  guarded: ['perMinute', 'perIdleMinute', 'idleGraceMinutes', 'fixed', 'taxPercent'],
  identity: { member: 'tariff' },
  writtenAs: ({ tariff: _name, ...written }) => written,
};

export const tariffNameSchema = z.string().regex(TARIFF_NAME, 'is no name of a tariff: 1 to 100 letters, digits, and _ . : -');
