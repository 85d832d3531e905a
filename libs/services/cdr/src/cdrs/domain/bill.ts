import { isDeepStrictEqual } from 'node:util';
import { NOT_REVIEWED, deterministicId, type Cdr, type CdrReview, type EndedTransaction, type TransactionPeriod } from '@voltbus/contracts';
import { appliedTariff, isFailedStart, negate, negateAmount, price, type Terms } from '@voltbus/pricing';
import type { Site } from '../../station-descriptions';

/**
 * Returns the CDRs for a revision of an ended transaction, given the charge that stands. There are none when the revision was billed already, or bills the
 * same. A revision that bills otherwise credits the standing charge and makes a new one, so that all CDRs add up to what the session cost. They have no
 * `issuedAt` before they are issued.
 */
export function bill(ended: EndedTransaction, standing: Cdr | null, terms: Terms, site: Site | null = null): Cdr[] {
  if (standing !== null && ended.revision <= standing.revision) return [];
  const cdr = charge(ended, terms, site);
  if (standing === null) return [cdr];
  return billsTheSame(standing, cdr) ? [] : [creditFor(standing, ended.revision), cdr];
}

/** The charge that no credit has reversed. */
export function standingOf(cdrs: readonly Cdr[]): Cdr | null {
  const credited = new Set(cdrs.map(({ creditOf }) => creditOf));
  return cdrs.findLast(({ kind, id }) => kind === 'charge' && !credited.has(id)) ?? null;
}

/**
 * True when two charges are the same to the payer: how much, for what, to whom, when and where, with the same evidence. The division of the time does
 * not matter while it costs the same.
 */
function billsTheSame(a: Cdr, b: Cdr): boolean {
  return isDeepStrictEqual(billedMembers(a), billedMembers(b));
}

function billedMembers({
  cost,
  energyWh,
  idToken,
  evse,
  connector,
  startedAt,
  endedAt,
  meterStartWh,
  meterStopWh,
  signedData,
}: Cdr): object {
  return { cost, energyWh, idToken, evse, connector, startedAt, endedAt, meterStartWh, meterStopWh, signedData };
}

/** Deterministic: the same revision billed again, by any process, is the same CDR. */
function cdrId(
  kind: Cdr['kind'] | 'waiver',
  { tenant, station, transaction, revision }: Pick<Cdr, 'tenant' | 'station' | 'transaction' | 'revision'>,
): string {
  return deterministicId(tenant, station, transaction, revision, kind);
}

function charge(ended: EndedTransaction, terms: Terms, site: Site | null): Cdr {
  if (ended.endedAt === null) throw new Error('only an ended transaction is billed');
  const energyWh = ended.energyWh ?? 0;
  const { tariff, from, flags } = terms;
  const failed = isFailedStart(ended);
  const { cost, periodCosts } = price({ energyWh, periods: ended.periods }, appliedTariff(ended, terms));
  const { tenant, station, revision } = ended;
  return {
    id: cdrId('charge', { tenant, station, transaction: ended.id, revision }),
    revision,
    kind: 'charge',
    issuedAt: null,
    creditOf: null,
    tenant,
    station,
    evse: ended.evse,
    connector: ended.connector,
    transaction: ended.id,
    ocppTransactionId: ended.ocppTransactionId,
    idToken: ended.idToken,
    ...(ended.reservation === undefined ? {} : { reservation: ended.reservation }),
    startedAt: ended.startedAt,
    endedAt: ended.endedAt,
    timeZone: site?.place?.timeZone ?? 'UTC',
    stationName: site?.name ?? null,
    place: site?.place ?? null,
    evseId: site?.evseIds.find(({ evse }) => evse === ended.evse)?.evseId ?? null,
    meterStartWh: ended.meterStartWh,
    meterStopWh: ended.meterStopWh,
    energyWh,
    chargingSeconds: secondsOf(ended.periods, 'charging'),
    idleSeconds: secondsOf(ended.periods, 'idle'),
    periods: ended.periods.map((period, at) => ({ ...period, cost: periodCosts[at] ?? '0' })),
    tariff: failed ? null : tariff,
    tariffFrom: failed ? null : from,
    cost,
    signedData: ended.signedData,
    flags: [...ended.flags, ...flags, ...(failed ? (['failed-start'] as const) : tariff === null ? (['no-tariff'] as const) : [])].sort(),
    review: NOT_REVIEWED,
  };
}

/** The credit that reverses a charge: negative amounts, a new id, and the revision that made it necessary. */
export function creditFor(standing: Cdr, revision: number): Cdr {
  return { ...reversed(standing), id: cdrId('credit', { ...standing, revision }), revision, review: NOT_REVIEWED };
}

/** The credit that reverses a charge because an operator decided so. It has the revision of the charge: no new data made it necessary. */
export function waiverOf(standing: Cdr, review: CdrReview): Cdr {
  return { ...reversed(standing), id: cdrId('waiver', standing), review };
}

function reversed(standing: Cdr): Cdr {
  return {
    ...standing,
    kind: 'credit',
    issuedAt: null,
    creditOf: standing.id,
    energyWh: negated(standing.energyWh),
    chargingSeconds: negated(standing.chargingSeconds),
    idleSeconds: negated(standing.idleSeconds),
    periods: standing.periods.map((period) => ({
      ...period,
      seconds: negated(period.seconds),
      energyWh: negated(period.energyWh),
      cost: negateAmount(period.cost),
    })),
    cost: negate(standing.cost),
  };
}

function secondsOf(periods: readonly TransactionPeriod[], kind: TransactionPeriod['kind']): number {
  return periods.reduce((sum, period) => sum + (period.kind === kind ? period.seconds : 0), 0);
}

/** Avoids the negative zero, which JSON can express. */
function negated(value: number): number {
  return value === 0 ? 0 : -value;
}
