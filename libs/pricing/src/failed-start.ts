import type { EndedTransaction } from '@voltbus/contracts';

/** Within this a station that cannot charge gives up what it has begun. */
const GIVEN_UP_SECONDS = 60;

/**
 * A session that nobody could charge in, and nobody pays for: the cable was not plugged in in time (F02.FR.07, C20), or the station stopped at once, with the register it began with
 * and without knowing the id, what it had just accepted (quirk 59).
 */
export function isFailedStart({
  flags,
  energyWh,
  stopReason,
  startedAt,
  endedAt,
}: Pick<EndedTransaction, 'flags' | 'energyWh' | 'stopReason' | 'startedAt' | 'endedAt'>): boolean {
  if (endedAt === null) return false;
  if (stopReason === 'Timeout') return (energyWh ?? 0) === 0;
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000;
  return flags.includes('matched-stop') && energyWh === 0 && seconds < GIVEN_UP_SECONDS;
}
