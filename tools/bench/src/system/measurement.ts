import type { LatencySummary } from '../load/latencies';
import type { ProcessorTimes } from './processor-time';

/** A line of the results. */
export interface Measurement {
  workload: string;
  /** What is counted: a reading, a session, a station, a command; null for an idle system. */
  unit: string | null;
  stations: number;
  units: number;
  /** From the first unit to the last answer. */
  seconds: number;
  /** Null: as fast as the answers come. */
  ratePerSecond: number | null;
  /** Milliseconds of each process, until everything was stored. */
  cpu: ProcessorTimes;
  generatorCpuMs: number;
  latencies: Record<string, LatencySummary>;
}

/** Microseconds of one process, or of all of them, for a unit. */
export function microsPerUnit({ cpu, units }: Measurement, process?: string): number {
  const ms = process === undefined ? Object.values(cpu).reduce((sum, one) => sum + one, 0) : (cpu[process] ?? 0);
  return (ms * 1_000) / units;
}

/** A processor time as the page shows it. */
export function shownMicros(micros: number): string {
  return micros < 1_000 ? `${Math.round(micros)} µs` : `${(micros / 1_000).toFixed(1)} ms`;
}
