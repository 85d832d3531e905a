import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { metricsUsed } from './scope';

const ROOT = resolve(__dirname, '../../../..');
/** What Prometheus adds to every series: the chart's ServiceMonitor gives these. */
const TARGET_LABELS = ['namespace', 'pod', 'instance'];
/** What no process measures: of our recording rules, and of Prometheus itself. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  'voltbus:slo_bad:rate5m': ['slo'],
  'voltbus:slo_events:rate5m': ['slo'],
  ALERTS: ['alertname', 'alertstate', 'severity'],
};

/** The labels of every metric of docs/reference/metrics.md, by its name on the wire: a histogram is three. */
export function documentedMetrics(): Map<string, Set<string>> {
  const page = readFileSync(join(ROOT, 'docs/reference/metrics.md'), 'utf8');
  const known = new Map<string, Set<string>>();
  const add = (name: string, labels: readonly string[]) => known.set(name, new Set([...(known.get(name) ?? []), ...labels]));
  for (const [, name = '', kind, labels = ''] of page.matchAll(/^\| `(csms_\w+)` \| (\w+) \| ([^|]*) \|/gm)) {
    const names = [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label);
    if (kind !== 'histogram') add(name, names);
    else for (const part of ['bucket', 'sum', 'count']) add(`${name}_${part}`, part === 'bucket' ? [...names, 'le'] : names);
  }
  return known;
}

/** What is wrong with an expression: metrics that nothing measures, and labels that they do not have. */
export function unknownNames(expression: string, measured: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return metricsUsed(expression).flatMap(({ metric, labels }) => {
    const own = OTHERS[metric] ?? measured.get(metric);
    if (own === undefined) return [`${metric} does not exist`];
    const known = new Set([...TARGET_LABELS, ...own]);
    return labels.filter((label) => !known.has(label)).map((label) => `${metric} has no label ${label}`);
  });
}
