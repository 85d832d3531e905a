import { decimal } from '@voltbus/http';
import { z } from 'zod';

/** The longest session and the most energy and money that anybody could mean. */
const MOST_ENERGY_WH = 100_000_000;
const MOST_SECONDS = 31_536_000;

export const amountSchema = decimal(4);

/** How far a session may go. */
export const limitSchema = z
  .strictObject({
    maxEnergyWh: z.int().min(1).max(MOST_ENERGY_WH).describe('Energy in Wh').exactOptional(),
    maxSeconds: z.int().min(1).max(MOST_SECONDS).describe('Seconds').exactOptional(),
    maxCost: amountSchema.describe("With tax, in the tenant's currency").exactOptional(),
  })
  .refine((limit) => Object.values(limit).some((value) => value !== undefined), 'limits nothing')
  .describe('What is reached first ends the session. See docs/how-to/limit-a-session.md')
  .meta({ id: 'Limit', minProperties: 1 });
