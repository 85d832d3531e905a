/** Units of Grafana. */
type Unit = 'short' | 'percentunit' | 's' | 'bytes' | 'reqps' | 'ops';

export interface Panel {
  readonly title: string;
  readonly kind: 'timeseries' | 'stat' | 'heatmap';
  readonly unit: Unit;
  /** Expression by legend; a legend may name labels: `{{pod}}`. */
  readonly queries: Readonly<Record<string, string>>;
  readonly help?: string;
}

export interface Dashboard {
  /** Its uid without `voltbus-`, and the name of its file. */
  readonly name: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

export function timeseries(title: string, unit: Unit, queries: Panel['queries'], help?: string): Panel {
  return { title, kind: 'timeseries', unit, queries, ...(help === undefined ? {} : { help }) };
}

export function stat(title: string, unit: Unit, expression: string, help?: string): Panel {
  return { title, kind: 'stat', unit, queries: { '': expression }, ...(help === undefined ? {} : { help }) };
}

/** The sum of what a counter rises by in a second, by labels. */
export function perSecond(selector: string, by = ''): string {
  return `sum by (${by}) (rate(${selector}[$__rate_interval]))`;
}

/** A quantile of a histogram, by labels. */
export function quantile(share: number, histogram: string, by = ''): string {
  const labels = by === '' ? 'le' : `le, ${by}`;
  return `histogram_quantile(${share}, sum by (${labels}) (rate(${histogram.replace(/^(\w+)/, '$1_bucket')}[$__rate_interval])))`;
}

/** The usual two quantiles of a histogram. */
export function quantiles(histogram: string): Panel['queries'] {
  return { p50: quantile(0.5, histogram), p99: quantile(0.99, histogram) };
}
