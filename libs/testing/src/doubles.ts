import { noopTelemetry, type Logger, type Metrics } from '@voltbus/telemetry';

/** A logger that writes nothing. */
export const silentLogger: Logger = noopTelemetry.logger;

type GaugeReading = ReturnType<Parameters<Metrics['gauge']>[3]>;
type Labels = Readonly<Record<string, string | undefined>>;

/** `Metrics` that record what they are given, for a test to read. */
export interface TestMetrics extends Metrics {
  /** Sum of a counter over the series whose labels contain these. */
  total(name: string, labels?: Readonly<Record<string, string>>): number;
  /** The observations of a histogram. */
  observed(name: string, labels?: Labels): readonly number[];
  /** The value of a gauge; the sum where it has labels. */
  reading(name: string): number;
  /** The value of a gauge with its labels, as a scrape would show it. */
  series(name: string): GaugeReading | undefined;
}

function hasLabels(counted: { labels: Labels }, labels: Labels): boolean {
  return Object.entries(labels).every(([label, value]) => counted.labels[label] === value);
}

export function testMetrics(): TestMetrics {
  const counted: { name: string; amount: number; labels: Labels }[] = [];
  const observed: { name: string; value: number; labels: Labels }[] = [];
  const gauges = new Map<string, () => GaugeReading>();
  return {
    counter: (name) => ({ add: (amount, labels) => void counted.push({ name, amount, labels: { ...labels } }) }),
    histogram: (name) => ({ observe: (value, labels) => void observed.push({ name, value, labels: { ...labels } }) }),
    gauge: (name, _help, _labels, read) => void gauges.set(name, read),
    total: (name, labels = {}) =>
      counted.filter((one) => one.name === name && hasLabels(one, labels)).reduce((sum, { amount }) => sum + amount, 0),
    observed: (name, labels = {}) => observed.filter((one) => one.name === name && hasLabels(one, labels)).map(({ value }) => value),
    series: (name) => gauges.get(name)?.(),
    reading: (name) => {
      const read = gauges.get(name)?.() ?? 0;
      return typeof read === 'number' ? read : read.reduce((sum, { value }) => sum + value, 0);
    },
  };
}
