import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readJson } from '@voltbus/infra';
import type { StackFacts } from '@voltbus/stack';
import { ALERTS } from '../alert-file';
import { queriesOf } from '../dashboards/dashboard-file';
import { DASHBOARDS } from '../generated-files';
import { metricsUsed } from '../promql/scope';
import { SLOS } from '../slos/slos';
import { startPrometheus, type Prometheus, type Target } from './prometheus';

interface Query {
  readonly where: string;
  readonly expression: string;
}

/** What became of a query: it has series, or its metrics have none to select, or it is wrong. */
type Finding = { kind: 'series' } | { kind: 'empty' | 'wrong'; why: string };

/** Asks every query of dashboards and alerts of a Prometheus that has scraped the running stack for so long. Returns whether none is wrong. */
export async function verifyOnStack(seconds: number, say: (line: string) => void): Promise<boolean> {
  const prometheus = await startPrometheus(targetsOf(runningStack()));
  try {
    say(`scraping for ${seconds} s`);
    await wait(seconds * 1_000);
    const found: [Query, Finding][] = [];
    for (const query of queries()) found.push([query, await ask(prometheus, query)]);
    return report(found, say);
  } finally {
    await prometheus.stop();
  }
}

function runningStack(): StackFacts {
  const folder = resolve(process.env['VOLTBUS_DATA_DIR'] ?? '.voltbus');
  const file = join(folder, 'stack.json');
  if (!existsSync(file)) throw new Error(`no stack runs on ${folder}: npm run stack`);
  return readJson<StackFacts>(file);
}

function targetsOf({ gateways, processes }: StackFacts): Target[] {
  return [...gateways, ...processes].filter(({ pid }) => pid !== null);
}

function queries(): Query[] {
  return [
    ...DASHBOARDS.flatMap(({ name, panels }) =>
      panels.flatMap((panel) => queriesOf(panel).map((expression) => ({ where: `${name}: ${panel.title}`, expression }))),
    ),
    ...ALERTS.map(({ name, severity, expression }) => ({ where: `${name} ${severity}`, expression })),
    ...SLOS.flatMap(({ name, bad, events }) => [bad, events].map((expression) => ({ where: `objective ${name}`, expression }))),
  ].map(({ where, expression }) => ({
    where,
    expression: expression.replaceAll('$__rate_interval', '1m').replaceAll('$namespace', '.*'),
  }));
}

async function ask(prometheus: Prometheus, { expression }: Query): Promise<Finding> {
  try {
    for (const { metric, labels } of metricsUsed(expression)) {
      const known = await prometheus.labelsOf(metric);
      if (known === null) return { kind: 'empty', why: `nothing counted yet by ${metric}` };
      const missing = labels.filter((label) => !known.has(label));
      if (missing.length > 0) return { kind: 'wrong', why: `no series of ${metric} has the label ${missing.join(', ')}` };
    }
    return (await prometheus.query(expression)).length > 0 ? { kind: 'series' } : { kind: 'empty', why: 'selects nothing' };
  } catch (error) {
    return { kind: 'wrong', why: error instanceof Error ? error.message : String(error) };
  }
}

function report(found: readonly [Query, Finding][], say: (line: string) => void): boolean {
  for (const [{ where, expression }, finding] of found) {
    if (finding.kind === 'wrong') say(`WRONG  ${where}: ${finding.why}\n       ${expression}`);
    if (finding.kind === 'empty') say(`empty  ${where}: ${finding.why}`);
  }
  const count = (kind: Finding['kind']) => found.filter(([, finding]) => finding.kind === kind).length;
  say(`${found.length} queries: ${count('series')} with series, ${count('empty')} empty, ${count('wrong')} wrong`);
  return count('wrong') === 0;
}
