import type { Reading } from './reading';

/**
 * The last register among the readings of one message, Wh: that of the end, where one is marked so; null where none was
 * read.
 */
export function lastReadWh(readings: readonly Reading[]): number | null {
  const registers = readings.filter(({ energyWh }) => energyWh !== null);
  const ofEnd = registers.filter(({ context }) => context === 'Transaction.End');
  const candidates = ofEnd.length > 0 ? ofEnd : registers;
  const last = candidates.reduce<Reading | null>((latest, one) => (latest === null || one.time.at >= latest.time.at ? one : latest), null);
  return last?.energyWh ?? null;
}
