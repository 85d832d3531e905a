import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@voltbus/infra';

/** Name of a metric of ours and its labels, one text each: what a process shows at its internal port. */
export async function metricsShown(internalUrl: string): Promise<string[]> {
  const text = await (await fetch(`${internalUrl}/metrics`)).text();
  const families = [...text.matchAll(/^# TYPE (csms_\w+) /gm)].map(([, name = '']) => name);
  const series = (name: string) => [...text.matchAll(new RegExp(`^${name}(?:_bucket|_sum|_count)?\\{(.*)\\} `, 'gm'))];
  const labelsOf = (name: string) => series(name).flatMap(([, labels = '']) => [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label));
  return families.flatMap((name) => [name, ...[...new Set(labelsOf(name))].map((label) => `${name} ${label}`)]);
}

/** The same, as docs/reference/metrics.md has it; `le` is every histogram's. */
export function metricsDocumented(): string[] {
  const page = readFileSync(join(ROOT, 'docs/reference/metrics.md'), 'utf8');
  return [...page.matchAll(/^\| `(csms_\w+)` \| \w+ \| (.*?) \|/gm)].flatMap(([, name = '', labels = '']) => [
    name,
    `${name} le`,
    ...[...labels.matchAll(/`(\w+)`/g)].map(([, label]) => `${name} ${label}`),
  ]);
}
