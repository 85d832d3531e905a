import { z } from 'zod';
import { tariffSchema } from './cdr';

/**
 * `csms.internal.prices.v1`, `voltbus.price.changed`: a tariff, or the tariff of a group, from the event's time on. A null value is a removal.
 * Groups are named without regard to case.
 */
export const priceChangeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('tariff'), name: z.string(), value: tariffSchema.nullable() }),
  z.object({ kind: z.literal('token-group'), name: z.string(), value: z.string().nullable().describe('Name of the tariff') }),
  z.object({ kind: z.literal('station-group'), name: z.string(), value: z.string().nullable().describe('Name of the tariff') }),
]);
export type PriceChange = z.output<typeof priceChangeSchema>;
