import type { StatePoint } from './states';

/** A status that a 1.6 station reported of a connector (section 4.9). */
export interface ConnectorState {
  at: number;
  status: string;
}

/**
 * Whether energy flows in each status of a session. The other statuses are from before or after it, or do not show
 * whether energy flows.
 */
const CHARGING: Readonly<Record<string, boolean>> = { Charging: true, SuspendedEV: false, SuspendedEVSE: false, Finishing: false };
/** A station may report the status this long before the start; an earlier one belongs to another session. */
export const BEFORE_START_MS = 60_000;

export function showsCharging(status: string): boolean {
  return Object.hasOwn(CHARGING, status);
}

/** The states of a session, in order of time. `Finishing` before its start was of the session before. */
export function statesOf(reported: readonly ConnectorState[], startedAt: number): StatePoint[] {
  return reported
    .filter(({ at, status }) => showsCharging(status) && (at >= startedAt || (at >= startedAt - BEFORE_START_MS && status !== 'Finishing')))
    .map(({ at, status }) => ({ at: Math.max(at, startedAt), charging: CHARGING[status] ?? false }));
}
