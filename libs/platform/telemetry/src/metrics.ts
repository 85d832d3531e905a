type Labels<Label extends string> = Readonly<Partial<Record<Label, string>>>;

export interface Counter<Label extends string> {
  add(amount: number, labels?: Labels<Label>): void;
}
export interface Histogram<Label extends string> {
  observe(value: number, labels?: Labels<Label>): void;
}
interface Reading<Label extends string> {
  value: number;
  labels: Labels<Label>;
}

/**
 * Prometheus metrics by name, without the `csms_` prefix, and the labels they may have: never a station, token or message id. Written where they are made as
 * they stand in docs/reference/metrics.md, which is read from there (`npm run docs:metrics`).
 */
export interface Metrics {
  counter<Label extends string>(name: string, help: string, labels?: readonly Label[]): Counter<Label>;
  /** Buckets in the unit of the name (`_seconds`, `_bytes`). */
  histogram<Label extends string>(name: string, help: string, labels?: readonly Label[], buckets?: readonly number[]): Histogram<Label>;
  /** Read when scraped. */
  gauge<Label extends string>(name: string, help: string, labels: readonly Label[], read: () => number | readonly Reading<Label>[]): void;
}
