/**
 * More than any plug gives: 1 MW, beyond every CCS station there is (600 kW); a meter that counts faster counts
 * something else. A fleet of megawatt chargers (MCS) needs another number here.
 */
const MAX_POWER_W = 1_000_000;
/**
 * Clocks of stations may count in minutes: a step takes at least this long, however near the times of its two readings.
 */
const LEAST_STEP_MS = 60_000;
/** The coarsest registers count whole kilowatt-hours: one may be nearly over when a step begins. */
const COARSEST_STEP_WH = 1_000;
/**
 * Where the station's clock is not believed, times are those of receipt: a session whose messages arrive all at once
 * may have lasted a day.
 */
const UNTIMED_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** The most energy that can have flowed in a time. */
export function mostWh(ms: number, timed: boolean): number {
  return (MAX_POWER_W * (timed ? Math.max(ms, LEAST_STEP_MS) : UNTIMED_MS)) / HOUR_MS + COARSEST_STEP_WH;
}

export function meanW(wh: number, ms: number): number {
  return ms <= 0 ? (wh > 0 ? Infinity : 0) : (wh * HOUR_MS) / ms;
}

export function whOf(powerW: number, ms: number): number {
  return (powerW * ms) / HOUR_MS;
}
