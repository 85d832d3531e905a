import type { EndedTransaction, Tariff } from '@voltbus/contracts';
import { free } from './price';
import type { Terms } from './terms';

/** A station that cannot charge gives up a session within this time. */
const FAILED_START_SECONDS = 60;

type StartFacts = Pick<EndedTransaction, 'flags' | 'energyWh' | 'stopReason' | 'startedAt' | 'endedAt'>;

/**
 * True: nobody could charge in this session, and nobody pays for it. Either the cable was not plugged in in time (F02.FR.07, C20), or the station
 * stopped at once, with an unchanged register and without the transaction id, a session that it had just accepted (quirk 59).
 */
export function isFailedStart({ flags, energyWh, stopReason, startedAt, endedAt }: StartFacts): boolean {
  if (endedAt === null) return false;
  if (stopReason === 'Timeout') return (energyWh ?? 0) === 0;
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000;
  return flags.includes('matched-stop') && energyWh === 0 && seconds < FAILED_START_SECONDS;
}

/** The tariff by which a session is priced; a failed start is free. CDRs and running costs both use it, so that they agree. */
export function appliedTariff(session: StartFacts, { tariff, currency }: Pick<Terms, 'tariff' | 'currency'>): Tariff {
  return tariff === null || isFailedStart(session) ? free(currency) : tariff;
}
