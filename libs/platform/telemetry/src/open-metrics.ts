import { bucketKey, type Exemplar } from './exemplars';

/** Type of the format that has exemplars. */
export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const OPEN_METRICS = 'application/openmetrics-text';
const TEXT = 'text/plain';

const BUCKET = /^(\w+)_bucket\{(.*)\} (\S+)$/;
const LABEL = /\w+="(?:[^"\\]|\\.)*"/g;
const LE = /^le="(.*)"$/;

/** Whether a scraper wants OpenMetrics rather than Prometheus's text format, by its `Accept`. Who names neither gets the text format. */
export function wantsOpenMetrics(accept: string | undefined): boolean {
  const wanted = (type: string): number => Math.max(0, ...(accept ?? '').split(',').map((range) => weightOf(range, type)));
  return wanted(OPEN_METRICS) > 0 && wanted(OPEN_METRICS) >= wanted(TEXT);
}

function weightOf(range: string, wanted: string): number {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  if (type !== wanted) return 0;
  const weight = Number(/^q=([\d.]+)$/.exec(parameters.find((one) => one.startsWith('q=')) ?? 'q=1')?.[1]);
  return Number.isFinite(weight) ? weight : 0;
}

/**
 * Makes OpenMetrics 1.0 of Prometheus's text format, with an exemplar on each bucket that has one. A counter's family has no `_total`, there are no empty lines, and
 * units are left out, since a name would have to end with its unit.
 */
export function openMetrics(text: string, exemplarOf: (bucket: string) => Exemplar | null): string {
  const counters = new Set([...text.matchAll(/^# TYPE (\S+)_total counter$/gm)].map(([, family]) => family));
  const lines = text.split('\n').flatMap((line) => {
    if (line.startsWith('# ')) return describedFamily(line, counters);
    return line === '' ? [] : [withExemplar(line, exemplarOf)];
  });
  return [...lines, '# EOF', ''].join('\n');
}

function describedFamily(line: string, counters: ReadonlySet<string | undefined>): string[] {
  const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
  if (keyword === undefined) return [];
  const family = name.endsWith('_total') && counters.has(name.slice(0, -'_total'.length)) ? name.slice(0, -'_total'.length) : name;
  if (keyword === 'TYPE') return [`# TYPE ${family} ${rest === 'untyped' ? 'unknown' : rest}`];
  return [`# HELP ${family} ${rest.replaceAll('"', '\\"')}`];
}

function withExemplar(line: string, exemplarOf: (bucket: string) => Exemplar | null): string {
  const [, metric, labels] = BUCKET.exec(line) ?? [];
  if (metric === undefined || labels === undefined) return line;
  const all = labels.match(LABEL) ?? [];
  const le = LE.exec(all.at(-1) ?? '')?.[1];
  const exemplar = le === undefined ? null : exemplarOf(bucketKey(metric, all.slice(0, -1), le));
  if (exemplar === null) return line;
  const { value, at, span } = exemplar;
  return `${line} # {trace_id="${span.traceId}",span_id="${span.spanId}"} ${value} ${at / 1_000}`;
}
