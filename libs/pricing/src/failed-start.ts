import type { EndedTransaction, Tariff } from '@voltbus/contracts';
import { free } from './price';
import type { Terms } from './terms';

/** Within this a station that cannot charge gives up what it has begun. */
const GIVEN_UP_SECONDS = 60;

type StartFacts = Pick<EndedTransaction, 'flags' | 'energyWh' | 'stopReason' | 'startedAt' | 'endedAt'>;

/**
 * A session that nobody could charge in, and nobody pays for: the cable was not plugged in in time (F02.FR.07, C20), or the station stopped at once, with the register it began with
 * and without knowing the id, what it had just accepted (quirk 59).
 */
export function isFailedStart({ flags, energyWh, stopReason, startedAt, endedAt }: StartFacts): boolean {
  if (endedAt === null) return false;
  if (stopReason === 'Timeout') return (energyWh ?? 0) === 0;
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000;
  return flags.includes('matched-stop') && energyWh === 0 && seconds < GIVEN_UP_SECONDS;
}

/** What a session is priced by: its tariff, or nothing. Whoever bills and whoever tells a driver what it costs ask this. */
export function appliedTariff(session: StartFacts, { tariff, currency }: Pick<Terms, 'tariff' | 'currency'>): Tariff {
  return tariff === null || isFailedStart(session) ? free(currency) : tariff;
}
