import { z } from 'zod';
import { flagSchema, type Flag } from './flags';
import { placeSchema } from './station-description';
import { transactionPeriodSchema } from './transaction';

const amount = z.string().regex(/^-?\d+(\.\d+)?$/);
const rate = z.string().regex(/^\d+(\.\d+)?$/);
const instant = z.iso.datetime();

export const tariffSchema = z
  .object({
    tariff: z.string(),
    currency: z.string().describe('ISO 4217'),
    perKwh: rate.describe('Without tax, as all prices here'),
    perMinute: rate.describe('While energy flows'),
    perIdleMinute: rate.describe('While none flows, beyond the grace'),
    idleGraceMinutes: z.int().nonnegative().describe("Of the session's idle time, the first so many minutes cost nothing"),
    fixed: rate.describe('Once for each session'),
    taxPercent: rate,
  })
  .meta({ id: 'Tariff', description: 'Prices of sessions, without tax, as decimal strings' });
const tariffSourceSchema = z
  .enum(['token-group', 'station-group', 'tenant'])
  .meta({ id: 'TariffSource', description: 'What a tariff was assigned to' });
export type Tariff = z.output<typeof tariffSchema>;

export const cdrCostSchema = z
  .object({
    currency: z.string().describe('ISO 4217'),
    energy: amount.describe('For energy'),
    time: amount.describe('For the time in which energy flowed'),
    idle: amount.describe('For the time in which none flowed, beyond the grace'),
    fixed: amount.describe('For the session'),
    total: amount.describe('energy + time + idle + fixed, without tax'),
    taxPercent: rate,
    totalInclTax: amount.describe('total with tax'),
  })
  .describe('Decimal strings with the places of the currency. Negative in a credit')
  .meta({ id: 'CdrCost' });
export type CdrCost = z.output<typeof cdrCostSchema>;

const cdrPeriodSchema = transactionPeriodSchema
  .extend({ cost: amount.describe('What it cost, without tax') })
  .meta({ id: 'CdrPeriod', description: 'A stretch of a session with one nature, and what it cost' });

/** `superseded`: a later revision took its place before anybody had decided. */
export const REVIEW_STATES = ['none', 'held', 'released', 'corrected', 'waived', 'superseded'] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

/** Rules of the review beside the flags, as the reasons for which a CDR is held. */
type ReviewRule =
  'after-correction' | 'after-waiver' | 'corrected-too-late' | 'corrected-too-often' | 'raised-too-far' | 'total-above-maximum';

/** Why a CDR is held: a closed union in code, open for readers. */
export type ReviewReason = Flag | ReviewRule;

/** The cast is for the compiler alone, as that of `flagSchema`: a newer publisher may have reasons that this version does not know. */
export const reviewReasonSchema = z.string() as z.ZodType<ReviewReason>;

export const reviewStateSchema = z.enum(REVIEW_STATES).meta({
  id: 'CdrReviewState',
  description: 'Where the review of a CDR stands; `superseded`: a later revision took its place before anybody had decided',
});

/** Whether a person had to look at a CDR before it was charged, and what was decided. */
export const cdrReviewSchema = z
  .object({
    state: reviewStateSchema.describe(
      'On the topic: `none`, `released` or `corrected` of a charge, `waived` of a credit that an operator made. The others are not charged',
    ),
    reasons: z.array(reviewReasonSchema).describe('The reasons why it was held: flags, or rules of the review; new values may be added'),
    heldAt: instant.nullable().describe('The time from which it has waited for a person; null: it has not'),
    by: z.string().nullable().describe('Who decided: the id of an API key, or `administrator`'),
    at: instant.nullable().describe('When it was decided'),
    reason: z.string().nullable().describe('Why, as who decided wrote it'),
  })
  .meta({ id: 'CdrReview', description: 'Whether a person had to look at a CDR, and what was decided' });
export type CdrReview = z.output<typeof cdrReviewSchema>;

export const NOT_REVIEWED: CdrReview = { state: 'none', reasons: [], heldAt: null, by: null, at: null, reason: null };

/**
 * `csms.cdrs.v1`, the product: additive changes only within v1. Costs are without tax unless the name says otherwise.
 */
export const cdrSchema = z
  .object({
    id: z.uuid().describe('Deterministic: the same CDR has the same id when it is published again'),
    revision: z.int().positive().describe('Grows when late data changed what the session cost'),
    kind: z.enum(['charge', 'credit']).describe('A credit takes an earlier charge back'),
    issuedAt: instant
      .nullable()
      .describe(
        'When it was issued: of each CDR of a tenant later than of those issued before. Null of one that is held, or was never issued',
      ),
    creditOf: z.uuid().nullable().describe('Of a credit: the charge it takes back'),
    tenant: z.string(),
    station: z.string(),
    evse: z.int().nullable(),
    connector: z.int().nullable(),
    transaction: z.uuid().describe('Voltbus id of the transaction: the sum over all its CDRs is what it cost'),
    ocppTransactionId: z.string().describe('As the station knows it; not unique'),
    idToken: z.string().nullable(),
    reservation: z.uuid().exactOptional().describe('The reservation that the session used; left out: none. No tariff prices one'),
    startedAt: instant,
    endedAt: instant,
    timeZone: z.string().describe('IANA name: that of the place of the station, UTC where it has none'),
    stationName: z.string().nullable().exactOptional().describe('Name of the station when the session started'),
    place: placeSchema.nullable().exactOptional().describe('Where the station stood when the session started; null: unknown'),
    evseId: z.string().nullable().exactOptional().describe('EVSE id (ISO 15118) of the EVSE, as the operator gave it; null: none'),
    meterStartWh: z.int().nullable(),
    meterStopWh: z.int().nullable(),
    energyWh: z.int().describe('Billed. Negative in a credit'),
    chargingSeconds: z.number().describe('Negative in a credit'),
    idleSeconds: z.number().describe('Negative in a credit'),
    periods: z.array(cdrPeriodSchema).describe('Their costs and cost.fixed add up to cost.total'),
    tariff: tariffSchema.nullable().describe('As it stood when the session started; null when none applied'),
    tariffFrom: tariffSourceSchema.nullable().exactOptional().describe('What the tariff was assigned to; null when none applied'),
    cost: cdrCostSchema.describe('What the session cost; in a credit, what is taken back'),
    signedData: z.array(z.string()).describe('Meter readings signed by the station, as it sent them'),
    flags: z.array(flagSchema).describe('The anomalies of the session by flag. A flag keeps its meaning; new flags may be added'),
    review: cdrReviewSchema.exactOptional().describe('Left out in CDRs from before there were reviews: they had none'),
  })
  .meta({
    id: 'Cdr',
    description: 'Charge detail record: what a session cost. It never changes; a charge that was wrong is credited and made anew',
  });
export type Cdr = z.output<typeof cdrSchema>;
