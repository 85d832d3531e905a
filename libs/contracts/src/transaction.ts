import { z } from 'zod';
import { flagSchema } from './flags';

const instant = z.iso.datetime();

/** The transaction as the API shows it and `csms.transactions.v1` carries it. */
export const transactionSchema = z
  .object({
    tenant: z.string(),
    station: z.string(),
    id: z.uuid().describe('Id of the transaction in Voltbus'),
    evse: z.int().nullable(),
    connector: z.int().nullable(),
    ocppTransactionId: z.string().describe('As the station knows it; not unique'),
    idToken: z.string().nullable(),
    state: z.enum(['active', 'ended']).describe('Whether it goes on'),
    startedAt: instant,
    endedAt: instant.nullable(),
    meterStartWh: z.int().nullable(),
    meterStopWh: z.int().nullable(),
    energyWh: z.int().nullable().describe('While active: so far'),
    stopReason: z.string().nullable().describe('Why it ended, as the station says; null: it has not, or the station does not say'),
    flags: z.array(flagSchema).describe('The anomalies of the session by flag. A flag keeps its meaning; new flags may be added'),
  })
  .meta({ id: 'Transaction', description: 'A session: what was metered, and when' });
export type Transaction = z.output<typeof transactionSchema>;

/** A stretch of a session with one nature; bounded to `MAX_PERIODS` per transaction, merged beyond. */
export const transactionPeriodSchema = z
  .object({
    kind: z.enum(['charging', 'idle']).describe('Whether energy flowed'),
    startedAt: instant,
    seconds: z.number().describe('How long it was'),
    energyWh: z.int(),
  })
  .meta({ id: 'TransactionPeriod', description: 'A stretch of a session with one nature' });
export type TransactionPeriod = z.output<typeof transactionPeriodSchema>;

export const MAX_PERIODS = 1000;

/** The last that an operator decided about a transaction. */
export const byHandSchema = z
  .object({
    action: z.enum(['end', 'correct']),
    by: z.string().describe('The id of an API key, or `administrator`'),
    at: instant,
    reason: z.string(),
    revision: z.int().positive().describe('The revision that the decision made; a later one has later data'),
  })
  .meta({ id: 'TransactionByHand', description: 'The last that an operator decided about a transaction' });
export type ByHand = z.output<typeof byHandSchema>;

/** Value of `voltbus.transaction.ended`: facts only, never the samples. */
export const endedTransactionSchema = transactionSchema.extend({
  revision: z.int().positive().describe('Grows when late data changes an ended transaction'),
  periods: z.array(transactionPeriodSchema).max(MAX_PERIODS),
  signedData: z.array(z.string()),
  idTokenGroup: z.string().nullable().exactOptional().describe('Group of the token when it was presented'),
  byHand: byHandSchema.exactOptional().describe('An operator ended or corrected it, last so'),
  reminder: z
    .literal(true)
    .exactOptional()
    .describe('The event is published again because no CDR of this revision has been seen: its maker publishes the CDR again'),
});
export type EndedTransaction = z.output<typeof endedTransactionSchema>;
