import type { StatePoint } from './states';

/** What a 1.6 station said of a connector (section 4.9). */
export interface ConnectorState {
  at: number;
  status: string;
}

/**
 * Of these a session knows whether energy flows. The others are of what was before it or comes after it, or say nothing
 * of energy.
 */
const CHARGING: Readonly<Record<string, boolean>> = { Charging: true, SuspendedEV: false, SuspendedEVSE: false, Finishing: false };
/** A station may say the state a moment before it starts the transaction; what it said earlier is of another. */
export const BEFORE_START_MS = 60_000;

export function showsCharging(status: string): boolean {
  return Object.hasOwn(CHARGING, status);
}

/** The states of a session, in order of time. `Finishing` before its start was of the session before. */
export function statesOf(said: readonly ConnectorState[], startedAt: number): StatePoint[] {
  return said
    .filter(({ at, status }) => showsCharging(status) && (at >= startedAt || (at >= startedAt - BEFORE_START_MS && status !== 'Finishing')))
    .map(({ at, status }) => ({ at: Math.max(at, startedAt), charging: CHARGING[status] ?? false }));
}
