import { z } from 'zod';
import { flagSchema } from './flags';

const instant = z.iso.datetime();

/** The transaction as `csms.transactions.v1` carries it, and the event stream. */
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
    reservation: z.uuid().exactOptional().describe('The reservation that it used (`GET /v1/reservations/{id}`); left out: none'),
  })
  .meta({ id: 'Transaction', description: 'A session: what was metered, and when' });
export type Transaction = z.output<typeof transactionSchema>;

const transactionCdrsSchema = z
  .object({
    state: z
      .enum(['none', 'held', 'issued', 'waived'])
      .describe(
        '`none`: none yet, or too old to be kept; `held`: one waits for an operator, and what was issued before counts; `waived`: an operator decided that none is issued',
      ),
    issued: z.array(z.uuid()).describe('Ids in the order of issue, of very many the last; `GET /v1/cdrs?transaction=` has all'),
    held: z.uuid().nullable().describe('Id of the CDR that waits for an operator: `GET /v1/cdrs/{id}`'),
  })
  .meta({ id: 'TransactionCdrs', description: 'The CDRs of a transaction' });

const transactionCostSchema = z
  .object({
    currency: z.string().describe('ISO 4217'),
    total: z.string().describe('Without tax. A decimal string with the places of the currency'),
    totalInclTax: z.string().describe('With tax'),
    state: z
      .enum(['running', 'final'])
      .describe('`final`: the sum of the CDRs that were issued, which late data may still correct; `running`: so far, by the same rules'),
  })
  .meta({ id: 'TransactionCost', description: 'What a transaction costs' });

/** The transaction as the API shows it. */
export const billedTransactionSchema = transactionSchema
  .extend({
    cdrs: transactionCdrsSchema.describe('Its CDRs'),
    cost: transactionCostSchema
      .nullable()
      .describe('Null where it is not known. Lists have final costs only: the running cost is computed for one transaction at a time'),
  })
  .meta({ id: 'BilledTransaction', description: 'A session, its CDRs, and what it costs' });
export type BilledTransaction = z.output<typeof billedTransactionSchema>;

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
