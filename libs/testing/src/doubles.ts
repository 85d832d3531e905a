import { noopTelemetry, type Logger, type Metrics } from '@voltbus/telemetry';

/** A logger that writes nothing. */
export const silentLogger: Logger = noopTelemetry.logger;

type Labels = Readonly<Record<string, string | undefined>>;

/** `Metrics` that remember what they were told. */
export interface TestMetrics extends Metrics {
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
    counter: (name) => ({ add: (amount, labels) => void counted.push({ name, amount, labels: { ...labels } }) }),
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
