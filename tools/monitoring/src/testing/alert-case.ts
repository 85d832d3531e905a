/** What Prometheus sees, a value a minute, in the notation of promtool, and which alerts fire at the end. */
export interface AlertCase {
  readonly title: string;
  readonly minutes: number;
  /** Series of the namespace `a`, where all is well otherwise. */
  readonly series: Readonly<Record<string, string>>;
  /** `alert severity`; empty: none. */
  readonly fires: readonly string[];
  /** The alerts that the case is about when none fires. */
  readonly about?: readonly string[];
}

export const steady = (value: number): string => `${value}x300`;
export const rising = (aMinute: number, from = 0): string => `${from}+${aMinute}x300`;
/** Not there, then there with a value: as counters are. */
export const appears = (minute: number, value: number): string => `_x${minute} ${value}x300`;
/** One value up to a minute, then another. */
export const steps = (before: number, minute: number, after: number): string => `${before}x${minute} ${after}x300`;
export const rushes = (before: number, minute: number, after: number): string => `0+${before}x${minute} ${before * minute}+${after}x300`;
