import { decimal } from '@voltbus/http';
import { z } from 'zod';

const price = decimal(9);

/** `PUT /v1/tariffs/{tariff}`: the name is the path's; prices without tax; what is left out costs nothing. */
export const putTariffSchema = z.strictObject({
  tariff: z.string().optional().describe('May repeat the path, which counts'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'an ISO 4217 code')
    .describe('ISO 4217'),
  perKwh: price.default('0'),
  perMinute: price.default('0').describe('While energy flows'),
  perIdleMinute: price.default('0').describe('While none flows, beyond the grace'),
  idleGraceMinutes: z.int().min(0).max(10_080).default(0).describe("Of the session's idle time, the first so many minutes cost nothing"),
  fixed: price.default('0').describe('Once for each session'),
  taxPercent: price.default('0'),
});

export const tariffSchema = putTariffSchema.extend({ tariff: z.string() });

/** Names of tariffs: they appear in paths and on bills. */
export const TARIFF_NAME = /^[\w.:-]{1,100}$/;
export const tariffNameSchema = z.string().regex(TARIFF_NAME, 'is no name of a tariff: 1 to 100 letters, digits, and _ . : -');
