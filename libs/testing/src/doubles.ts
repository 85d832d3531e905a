import pino, { type Logger } from 'pino';

/** A logger that says nothing. */
export const silentLogger: Logger = pino({ level: 'silent' });

type Labels = Readonly<Record<string, string | undefined>>;

/** `Metrics` of `@voltbus/runtime`, which its own specs could not import from here. */
export interface TestMetrics {
  counter(name: string, help: string, labels?: readonly string[]): { add(amount: number, labels?: Labels): void };
  histogram(
    name: string,
    help: string,
    labels?: readonly string[],
    buckets?: readonly number[],
  ): { observe(value: number, labels?: Labels): void };
  gauge(name: string, help: string, labels: readonly string[], read: () => number | readonly { value: number; labels: Labels }[]): void;
  /** Sum of what a counter was given, over the labels that contain these. */
  total(name: string, labels?: Readonly<Record<string, string>>): number;
  /** What a histogram observed. */
  observed(name: string): readonly number[];
  /** What a gauge reads now; the sum where it has labels. */
  reading(name: string): number;
}

/** Metrics that can be asked what they were told. */
export function testMetrics(): TestMetrics {
  const counted: { name: string; amount: number; labels: Labels }[] = [];
  const observed: { name: string; value: number }[] = [];
  const gauges = new Map<string, Parameters<TestMetrics['gauge']>[3]>();
  return {
    counter: (name) => ({ add: (amount, labels = {}) => void counted.push({ name, amount, labels }) }),
    histogram: (name) => ({ observe: (value) => void observed.push({ name, value }) }),
    gauge: (name, _help, _labels, read) => void gauges.set(name, read),
    total: (name, labels = {}) =>
      counted
        .filter((one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value))
        .reduce((sum, { amount }) => sum + amount, 0),
    observed: (name) => observed.filter((one) => one.name === name).map(({ value }) => value),
    reading: (name) => {
      const read = gauges.get(name)?.() ?? 0;
      return typeof read === 'number' ? read : read.reduce((sum, { value }) => sum + value, 0);
    },
  };
}
