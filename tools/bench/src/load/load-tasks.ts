import type { BenchProtocol } from './bench-station';
import type { LatencySummary } from './latencies';

/** Work of the load generator, which runs in a process of its own. */
export type LoadTask =
  /** Connects stations and boots them: the first time they are registered. They stay connected for the tasks that follow. */
  | { do: 'connect'; ocppUrl: string; fleet: string; stations: number; protocol: BenchProtocol }
  | { do: 'disconnect' }
  /** All stations connect at the same moment, boot and report a connector. */
  | { do: 'storm'; ocppUrl: string }
  /** Each station begins a transaction. */
  | { do: 'begin' }
  /** Each station sends readings of the transaction that it has begun. */
  | { do: 'meter'; seconds: number; rate: number | null }
  /** Each station charges one session after the other: Authorize, Start, three MeterValues, Stop. */
  | { do: 'sessions'; seconds: number; rate: number | null; brokers: readonly string[] }
  /** Commands are sent by the API, which waits for the answers of the stations. */
  | { do: 'commands'; apiUrl: string; adminKey: string; tenant: string; seconds: number; rate: number | null; atOnce: number };

export interface LoadResult {
  /** Units of work that stations were answered for. */
  units: number;
  seconds: number;
  latencies: Record<string, LatencySummary>;
  /** Processor time of the generator, milliseconds. */
  cpuMs: number;
}
