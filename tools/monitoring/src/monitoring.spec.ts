import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { otelMetrics } from '@voltbus/telemetry';
import { parse } from 'yaml';
import { ALERTS, ANY_NAMESPACE, alertFile } from './alert-file';
import { FEWEST_GATEWAYS, TARGET_CONNECTIONS } from './alerts/gateway-alerts';
import { dashboardFile, queriesOf } from './dashboards/dashboard-file';
import { DASHBOARDS } from './generated-files';
import { documentedMetrics, unknownNames } from './promql/known-metrics';
import { metricsUsed, withMatcher } from './promql/scope';
import { staleFiles } from './write-files';

const ROOT = resolve(__dirname, '../../..');

/** What a process really shows before it has done anything: its runtime. */
async function runtimeMetrics(): Promise<Map<string, Set<string>>> {
  const metrics = otelMetrics('spec');
  const text = await new Promise<string>((done) => {
    const request = new IncomingMessage(new Socket());
    const response = new ServerResponse(request);
    response.end = ((body: unknown) => (done(String(body)), response)) as typeof response.end;
    metrics.serve(request, response);
  });
  await metrics.close();
  const known = new Map<string, Set<string>>();
  for (const [, name = '', labels = ''] of text.matchAll(/^([a-z]\w*)(?:\{(.*)\})? /gm))
    known.set(name, new Set([...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label)));
  return known;
}

const expressions = [
  ...(parse(alertFile()) as { groups: { name: string; rules: { alert?: string; record?: string; expr: string }[] }[] }).groups.flatMap(
    ({ rules }) => rules.map(({ alert, record, expr }) => [alert ?? record ?? '', expr] as const),
  ),
  ...DASHBOARDS.flatMap((board) =>
    board.panels.flatMap((panel) => queriesOf(panel).map((query) => [`${board.name}: ${panel.title}`, query] as const)),
  ),
];

describe('alerts and dashboards', () => {
  it('name only metrics and labels that exist', async () => {
    const measured = new Map([...(await runtimeMetrics()), ...documentedMetrics()]);
    expect(measured.get('process_open_fds')).toBeDefined();
    expect(expressions.length).toBeGreaterThan(150);
    expect(
      expressions.flatMap(([where, expression]) => unknownNames(expression, measured).map((problem) => `${where}: ${problem}`)),
    ).toEqual([]);
  });

  it.each([
    ['sum(csms_gateway_conections)', 'csms_gateway_conections does not exist'],
    ['sum by (tenant) (csms_gateway_connections)', 'csms_gateway_connections has no label tenant'],
    ['rate(csms_gateway_handshakes_total{reason="ok"}[5m])', 'csms_gateway_handshakes_total has no label reason'],
    ['rate(csms_cdr_delay_seconds[5m])', 'csms_cdr_delay_seconds does not exist'],
    ['rate(csms_cdr_delay_seconds_count{le="5"}[5m])', 'csms_cdr_delay_seconds_count has no label le'],
  ])('would be refused with %s', (expression, problem) => {
    expect(unknownNames(expression, documentedMetrics())).toEqual([problem]);
  });

  it('see in each query only the namespaces that are chosen', () => {
    for (const [where, expression] of expressions)
      for (const { labels, metric } of metricsUsed(expression))
        expect([where, metric, labels]).toEqual([where, metric, expect.arrayContaining(['namespace'])]);
  });

  it('are generated, and fresh: npm run monitoring', () => expect(staleFiles()).toEqual([]));

  it('have a runbook and a dashboard for every alert', () => {
    expect(ALERTS.map(({ runbook }) => `docs/runbooks/${runbook}.md`).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(ALERTS.map(({ board }) => board).filter((name) => !DASHBOARDS.some((board) => board.name === name))).toEqual([]);
  });

  it('have the numbers that the chart replaces, each once', () => {
    expect(alertFile().split(FEWEST_GATEWAYS)).toHaveLength(2);
    expect(alertFile().split(TARGET_CONNECTIONS)).toHaveLength(2);
    expect(alertFile().split(ANY_NAMESPACE).length).toBeGreaterThan(100);
  });

  it('put no panel over another, and no more than 24 columns in a row', () => {
    for (const board of DASHBOARDS) {
      const { panels } = JSON.parse(dashboardFile(board)) as { panels: { gridPos: { x: number; y: number; w: number; h: number } }[] };
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
      );
      expect(new Set(cells).size).toBe(cells.length);
      expect(Math.max(...panels.map(({ gridPos }) => gridPos.x + gridPos.w))).toBeLessThanOrEqual(24);
    }
  });
});

describe('a matcher', () => {
  it.each([
    ['up', 'up{n="a"}'],
    ['rate(x_total[5m]) / y{}', 'rate(x_total{n="a"}[5m]) / y{n="a"}'],
    ['sum by (p) (x{l=~"{}"} offset 1h) or absent(y)', 'sum by (p) (x{n="a", l=~"{}"} offset 1h) or absent(y{n="a"})'],
    ['rate(x[$__rate_interval])', 'rate(x{n="a"}[$__rate_interval])'],
    ['vector(1)', 'vector(1)'],
  ])('is added to every selector of %s', (expression, expected) => expect(withMatcher(expression, 'n="a"')).toBe(expected));

  it('is not added to what is no PromQL', () => expect(() => withMatcher('sum by (a (x', 'n="a"')).toThrow('cannot be parsed'));
});
