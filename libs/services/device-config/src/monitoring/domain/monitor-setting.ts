import type { VariableName } from '../../device-model';

/** A monitor that a variable of a station shall have. */
export interface WantedMonitor {
  name: VariableName;
  /** Of the monitor that it takes the place of; null: it is a new one. */
  id: number | null;
  type: string;
  value: number;
  severity: number;
  transaction: boolean;
  /** N11: its values come in a stream, of so many seconds or values at most; null: each alone. Of 2.1. */
  stream: { interval: number | null; values: number | null } | null;
}

/** What came of a monitor that was to be set or cleared, or of the base or the level. */
export const MONITOR_RESULTS = [
  'accepted',
  'duplicate',
  'rejected',
  'unknown-component',
  'unknown-variable',
  'not-supported',
  'not-found',
  'refused',
  'offline',
  'pending',
  'not-sent',
  'not-answered',
] as const;
export type MonitorResult = (typeof MONITOR_RESULTS)[number];

/** The statuses of SetVariableMonitoring, ClearVariableMonitoring, SetMonitoringBase and SetMonitoringLevel. */
const RESULTS: ReadonlyMap<unknown, MonitorResult> = new Map([
  ['Accepted', 'accepted'],
  ['Duplicate', 'duplicate'],
  ['Rejected', 'rejected'],
  ['UnknownComponent', 'unknown-component'],
  ['UnknownVariable', 'unknown-variable'],
  ['UnsupportedMonitorType', 'not-supported'],
  ['NotSupported', 'not-supported'],
  ['NotFound', 'not-found'],
]);

export function monitorResult(status: unknown): MonitorResult {
  return RESULTS.get(status) ?? 'not-answered';
}
