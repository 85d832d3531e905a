import { invalidAt } from '@voltbus/contracts';
import { text } from '@voltbus/http';
import { z } from 'zod';
import { type Limit, limitSchema, tighter } from '../../limits';
import { webAddress } from '../domain/qr-address';

/** Longer than any address in a QR code that a phone could read. */
const MAX_ADDRESS = 2_000;
/** An hour to pay in. */
const MOST_HOLD_SECONDS = 3_600;

/** `POST /v1/web-payments`. */
export const webPaymentSchema = z
  .strictObject({
    url: text
      .max(MAX_ADDRESS)
      .transform((text, context) => webAddress(text) ?? (context.addIssue('is no web address'), z.NEVER))
      .describe('The whole address that the phone has opened, as it was scanned'),
    holdSeconds: z
      .int()
      .min(1)
      .max(MOST_HOLD_SECONDS)
      .optional()
      .describe('Have the station keep the EVSE for this driver so long (NotifyWebPaymentStarted). Only stations of OCPP 2.1'),
  })
  .meta({ id: 'WebPaymentPost', description: 'A QR code that a driver has scanned' });

export const scannedSchema = z
  .object({
    station: z.string(),
    evse: z.int().nullable().describe('Null: the station asks the driver for the EVSE'),
    dynamic: z.boolean().describe('False: a sticker, which may have been copied or moved'),
    limit: limitSchema.nullable().describe('What the driver asked for at the station; `remote-start` takes it'),
    command: z.uuid().nullable().describe('The command that has the station keep the EVSE; null: none was asked for'),
  })
  .meta({ id: 'WebPayment', description: 'What a scanned QR code stands for' });

/** C25.FR.56 to 58: Wh, seconds, and money. */
const ASKED = new Map<string, (value: string) => object>([
  ['maxenergy', (value) => ({ maxEnergyWh: wholeNumber(value) })],
  ['maxtime', (value) => ({ maxSeconds: wholeNumber(value) })],
  ['maxcost', (value) => ({ maxCost: value })],
]);

/**
 * C25.FR.59: how far the driver wants to charge; throws `invalid` where that cannot be read. What else is in the query
 * is ignored (C25.FR.60).
 */
export function limitIn({ searchParams }: URL): Limit | null {
  return [...searchParams].map(([name, value]) => asked(name, value)).reduce<Limit | null>(tighter, null);
}

function asked(name: string, value: string): Limit | null {
  const read = ASKED.get(name.toLowerCase());
  if (read === undefined) return null;
  const limit = limitSchema.safeParse(read(value));
  if (limit.success) return limit.data;
  throw invalidAt('/url', `${name}: ${limit.error.issues.map((issue) => issue.message).join('; ')}`);
}

function wholeNumber(value: string): number {
  return /^\d+$/.test(value) ? Number(value) : NaN;
}
