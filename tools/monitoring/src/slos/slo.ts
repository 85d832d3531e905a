/** How often the recording rules run. The sums over windows below count in these steps. */
export const EVERY_SECONDS = 60;
/** Fewer bad events than this in the longer window of a rule are no reason to alert: the guard for little traffic. */
export const LEAST_BAD_EVENTS = 10;

/** A service level objective over 28 days: the share of events that must be good. */
export interface Slo {
  /** Its value of the label `slo`. */
  readonly name: string;
  readonly alert: string;
  readonly title: string;
  /** Share of events that must be good, below 1. */
  readonly objective: number;
  /** Events a second, by namespace. */
  readonly events: string;
  /** Bad events a second, by namespace; present whenever `events` is. */
  readonly bad: string;
  readonly metric: string;
  readonly runbook: string;
  /** In words, for the page: which events it counts, and which not. */
  readonly counts: string;
  readonly excludes: string;
}

interface Burn {
  readonly rate: number;
  readonly long: Window;
  readonly short: Window;
}
type Window = '5m' | '30m' | '1h' | '2h' | '6h' | '1d' | '3d';

/** The burn rates at which somebody is called, and at which a ticket is enough. */
const BURNS: Readonly<Record<'page' | 'ticket', readonly Burn[]>> = {
  page: [
    { rate: 14.4, long: '1h', short: '5m' },
    { rate: 6, long: '6h', short: '30m' },
  ],
  ticket: [
    { rate: 3, long: '1d', short: '2h' },
    { rate: 1, long: '3d', short: '6h' },
  ],
};

export const BAD = 'voltbus:slo_bad:rate5m';
export const EVENTS = 'voltbus:slo_events:rate5m';

/** The share of events that were bad, as a multiple of what the objective allows. */
export function burnRate({ name, objective }: Slo, window: string): string {
  return `${sumOf(BAD, name, window)} / ${sumOf(EVENTS, name, window)} / ${budget(objective)}`;
}

/** How much of the error budget of 28 days is left: 1 is all, 0 is nothing. */
export function budgetLeft(slo: Slo): string {
  return `1 - ${burnRate(slo, '28d')}`;
}

/** The condition of one severity: any of its burn rates in both windows, and enough bad events. */
export function burnCondition(slo: Slo, severity: 'page' | 'ticket'): string {
  const conditions = BURNS[severity].map(({ rate, long, short }) =>
    [
      `${burnRate(slo, long)} > ${rate}`,
      `${burnRate(slo, short)} > ${rate}`,
      `${sumOf(BAD, slo.name, long)} * ${EVERY_SECONDS} >= ${LEAST_BAD_EVENTS}`,
    ].join('\n    and '),
  );
  return conditions.map((condition) => `(\n    ${condition}\n  )`).join(' or ');
}

/** What a window allows in all, in words: `14.4 over 1 h and 5 m`. */
export function burnsInWords(severity: 'page' | 'ticket'): string {
  return BURNS[severity].map(({ rate, long, short }) => `${rate} times over ${long} and ${short}`).join(', or ');
}

function sumOf(series: string, slo: string, window: string): string {
  return `sum_over_time(${series}{slo="${slo}"}[${window}])`;
}

function budget(objective: number): string {
  return String(Number((1 - objective).toFixed(6)));
}
