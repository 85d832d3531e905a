/** `page`: somebody is called now. `ticket`: within the next working day. `none`: for the alerting itself. */
export type Severity = 'page' | 'ticket' | 'none';

export interface Alert {
  readonly name: string;
  readonly severity: Severity;
  readonly expression: string;
  /** How long the condition holds before it alerts. */
  readonly minutes: number;
  /** May name labels of the expression: `{{ $labels.topic }}`. */
  readonly summary: string;
  /** A page of docs/runbooks, without its ending. */
  readonly runbook: string;
  /** The dashboard to look at first: its uid without `voltbus-`. */
  readonly board: string;
}

/**
 * How much a counter rose within a window. Unlike `increase`, it counts what a series shows at its first appearance: a
 * counter is not there before something was counted.
 */
export function risen(selector: string, window: string): string {
  return `(increase(${selector}[${window}]) > 0 or (${selector} unless last_over_time(${selector}[1h] offset ${window})))`;
}
