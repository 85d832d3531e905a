type Labels = Readonly<Record<string, string>>;

export interface Counter {
  add(amount: number, labels?: Labels): void;
}
export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

/** Prometheus metrics by name, without the `csms_` prefix. Never a station, token or message id in a label. */
export interface Metrics {
  counter(name: string, help: string): Counter;
  /** Buckets in the unit of the name (`_seconds`, `_bytes`). */
  histogram(name: string, help: string, buckets?: readonly number[]): Histogram;
  /** Read when scraped. */
  gauge(name: string, help: string, read: () => number | readonly { value: number; labels: Labels }[]): void;
}
