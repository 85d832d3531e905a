import { z } from 'zod';

/** A price: exact, not negative, without an exponent. */
const decimal = z.string().regex(/^\d{1,9}(\.\d{1,9})?$/, 'a decimal such as "0.49"');

/** `PUT /v1/tariffs/{tariff}`: the name is the path's; prices without tax; what is left out costs nothing. */
export const putTariffSchema = z.strictObject({
  tariff: z.string().optional().describe('May repeat the path, which counts'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'an ISO 4217 code')
    .describe('ISO 4217'),
  perKwh: decimal.default('0'),
  perMinute: decimal.default('0').describe('While energy flows'),
  perIdleMinute: decimal.default('0').describe('While none flows, beyond the grace'),
  idleGraceMinutes: z.int().min(0).max(10_080).default(0).describe("Of the session's idle time, the first so many minutes cost nothing"),
  fixed: decimal.default('0').describe('Once for each session'),
  taxPercent: decimal.default('0'),
});

export const tariffSchema = putTariffSchema.extend({ tariff: z.string() });

/** Names of tariffs: they appear in paths and on bills. */
export const TARIFF_NAME = /^[\w.:-]{1,100}$/;
