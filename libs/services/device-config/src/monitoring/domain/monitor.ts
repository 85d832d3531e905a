import type { VariableName } from '../../device-model';

/** A monitor of a variable, as the station has it. */
export interface Monitor extends Omit<VariableName, 'key' | 'component'> {
  component: string;
  /** Of the station; unique there. */
  id: number;
  /** UpperThreshold, LowerThreshold, Delta, Periodic, PeriodicClockAligned; 2.1 has more. */
  type: string;
  value: number;
  severity: number;
  /** Whether it is active during transactions only. */
  transaction: boolean;
  /** HardWiredMonitor, PreconfiguredMonitor or CustomMonitor; null: 2.0.1 does not tell, and what was set is a CustomMonitor. */
  kind: string | null;
}

/** What is known of the monitoring of a station. */
export interface Monitoring {
  /** All, FactoryDefault or HardWiredOnly; null: nobody has set it. */
  base: string | null;
  /** Events of monitors with a higher number are not reported (N05); null: nobody has set it. */
  level: number | null;
  /** The last report of monitors; null: none. */
  report: MonitorReport | null;
}

/** A report of monitors, as far as its parts are there. */
export interface MonitorReport {
  requestId: number;
  /** Whether all monitors were asked for; a report that nobody is known to have asked for is taken for a part. */
  isOfAll: boolean;
  /** Epoch milliseconds. */
  requestedAt: number | null;
  /** The status of the answer to the request; null: not known. */
  outcome: string | null;
  received: readonly (readonly [number, number])[];
  lastPart: number | null;
  /** When the earliest of its parts was received, by the clock of the gateway; absent: none was. */
  firstPartAt?: number;
  lastPartAt: number | null;
  completedAt: number | null;
  /** Monitors of the parts that are there. */
  monitors: number;
}
