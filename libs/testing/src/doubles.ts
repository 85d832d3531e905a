import type { Logger, Metrics } from '@voltbus/process';
import pino from 'pino';

/** A logger that says nothing. */
export const silentLogger: Logger = pino({ level: 'silent' });

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
  const counted: { name: string; amount: number; labels: Readonly<Record<string, string>> }[] = [];
  const observed: { name: string; value: number }[] = [];
  const gauges = new Map<string, Parameters<Metrics['gauge']>[2]>();
  return {
    counter: (name) => ({ add: (amount, labels = {}) => void counted.push({ name, amount, labels }) }),
    histogram: (name) => ({ observe: (value) => void observed.push({ name, value }) }),
    gauge: (name, _help, read) => void gauges.set(name, read),
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
