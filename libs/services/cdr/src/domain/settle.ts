import { isDeepStrictEqual } from 'node:util';
import { NOT_REVIEWED, deterministicId, type Cdr, type CdrReview, type EndedTransaction, type TransactionPeriod } from '@voltbus/contracts';
import { appliedTariff, isFailedStart, negate, negateAmount, price, type Terms } from '@voltbus/pricing';

/**
 * The CDRs that a transaction's account calls for, given the charge that stands. None when it has been settled already, or bills the same;
 * a newer account that bills otherwise takes the standing charge back and makes a new one, so that the sum over all CDRs is what the session cost.
 */
export function settle(account: EndedTransaction, standing: Cdr | null, terms: Terms): Cdr[] {
  if (standing !== null && account.revision <= standing.revision) return [];
  const cdr = charge(account, terms);
  if (standing === null) return [cdr];
  return billsTheSame(standing, cdr) ? [] : [takeBack(standing, account.revision), cdr];
}

/** The charge that no credit has taken back. */
export function standingOf(cdrs: readonly Cdr[]): Cdr | null {
  const credited = new Set(cdrs.map(({ creditOf }) => creditOf));
  return cdrs.findLast(({ kind, id }) => kind === 'charge' && !credited.has(id)) ?? null;
}

/**
 * Whether two charges are the same to who pays: how much, for what, to whom, when and where, with the same evidence. How the time divides
 * is no matter while it costs the same.
 */
function billsTheSame(a: Cdr, b: Cdr): boolean {
  return isDeepStrictEqual(billed(a), billed(b));
}

function billed({ cost, energyWh, idToken, evse, connector, startedAt, endedAt, meterStartWh, meterStopWh, signedData }: Cdr): object {
  return { cost, energyWh, idToken, evse, connector, startedAt, endedAt, meterStartWh, meterStopWh, signedData };
}

/** Deterministic: the same account settled again, anywhere, is the same CDR. */
export function cdrId(
  kind: Cdr['kind'] | 'waiver',
  { tenant, station, transaction, revision }: Pick<Cdr, 'tenant' | 'station' | 'transaction' | 'revision'>,
): string {
  return deterministicId(tenant, station, transaction, revision, kind);
}

function charge(account: EndedTransaction, terms: Terms): Cdr {
  if (account.endedAt === null) throw new Error('only an ended transaction is settled');
  const energyWh = account.energyWh ?? 0;
  const { tariff, from, flags } = terms;
  const failed = isFailedStart(account);
  const { cost, periodCosts } = price({ energyWh, periods: account.periods }, appliedTariff(account, terms));
  const { tenant, station, revision } = account;
  return {
    id: cdrId('charge', { tenant, station, transaction: account.id, revision }),
    revision,
    kind: 'charge',
    creditOf: null,
    tenant,
    station,
    evse: account.evse,
    connector: account.connector,
    transaction: account.id,
    ocppTransactionId: account.ocppTransactionId,
    idToken: account.idToken,
    startedAt: account.startedAt,
    endedAt: account.endedAt,
    timeZone: 'UTC',
    meterStartWh: account.meterStartWh,
    meterStopWh: account.meterStopWh,
    energyWh,
    chargingSeconds: secondsOf(account.periods, 'charging'),
    idleSeconds: secondsOf(account.periods, 'idle'),
    periods: account.periods.map((period, at) => ({ ...period, cost: periodCosts[at] ?? '0' })),
    tariff: failed ? null : tariff,
    tariffFrom: failed ? null : from,
    cost,
    signedData: account.signedData,
    flags: [...account.flags, ...flags, ...(failed ? ['failed-start'] : tariff === null ? ['no-tariff'] : [])].sort(),
    review: NOT_REVIEWED,
  };
}

/** Takes a charge back: amounts turned round, a new id, told under the revision that made it necessary. */
export function takeBack(standing: Cdr, revision: number): Cdr {
  return { ...turnedRound(standing), id: cdrId('credit', { ...standing, revision }), revision, review: NOT_REVIEWED };
}

/** Takes a charge back because an operator said so, under its own revision: no data made it necessary. */
export function waive(standing: Cdr, review: CdrReview): Cdr {
  return { ...turnedRound(standing), id: cdrId('waiver', standing), review };
}

function turnedRound(standing: Cdr): Cdr {
  return {
    ...standing,
    kind: 'credit',
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

/** JSON knows a negative zero; nobody else wants one. */
function negated(value: number): number {
  return value === 0 ? 0 : -value;
}
