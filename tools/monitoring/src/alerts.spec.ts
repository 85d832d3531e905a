import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { ALERTS, alertFile } from './alert-file';
import { withMatcher } from './promql/scope';
import { prometheusFolder } from './promtool';
import type { AlertCase } from './testing/alert-case';
import { BILLING_CASES } from './testing/billing-cases';
import { GATEWAY_CASES } from './testing/gateway-cases';
import { OCPP_CASES } from './testing/ocpp-cases';
import { PIPELINE_CASES } from './testing/pipeline-cases';
import { PLATFORM_CASES } from './testing/platform-cases';
import { SLO_CASES } from './testing/slo-cases';

/** By the group of rules that they are judged by. */
const CASES = {
  'voltbus-gateways': GATEWAY_CASES,
  'voltbus-ocpp': OCPP_CASES,
  'voltbus-pipeline': PIPELINE_CASES,
  'voltbus-billing': BILLING_CASES,
  'voltbus-platform': PLATFORM_CASES,
  'voltbus-slo': SLO_CASES,
};
/** Cases of hours are evaluated seldom, because every rule is at each step. */
const LONG_MINUTES = 180;
const folder = mkdtempSync(join(tmpdir(), 'voltbus-rules-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Two gateways of a namespace in which all is well. */
const WELL = {
  'csms_build_info{pod="gw-1"}': '1x600',
  'csms_gateway_draining{pod="gw-1"}': '0x600',
  'csms_gateway_draining{pod="gw-2"}': '0x600',
};
const FIRING = 'count by (alertname, severity, namespace) (ALERTS{alertstate="firing", alertname!="VoltbusWatchdog"})';

function testOf({ title, minutes, series, fires }: AlertCase) {
  const of = (namespace: string, all: Readonly<Record<string, string>>) =>
    Object.entries(all).map(([name, values]) => ({ series: withMatcher(name, `namespace="${namespace}"`), values }));
  const samples = fires.map((one) => {
    const [name = '', severity = ''] = one.split(' ');
    return { labels: `{alertname="${name}", severity="${severity}", namespace="a"}`, value: 1 };
  });
  return {
    name: title,
    interval: '1m',
    // The namespace b is well: whatever fires, fires for a alone.
    input_series: [...of('a', { ...WELL, ...series }), ...of('b', WELL)],
    promql_expr_test: [{ expr: FIRING, eval_time: `${minutes}m`, exp_samples: samples }],
  };
}

function writeTests(name: string, groups: object[], { cases, evaluation }: { cases: readonly AlertCase[]; evaluation: string }): string {
  const rules = join(folder, `${name}.rules.yaml`);
  writeFileSync(rules, stringify({ groups }));
  const file = join(folder, `${name}.test.yaml`);
  writeFileSync(file, stringify({ rule_files: [rules], evaluation_interval: evaluation, tests: cases.map(testOf) }));
  return file;
}

const programs = prometheusFolder();
const withPromtool = programs === null ? it.skip : it; // its titles end with (skipped: ...)
const skipped = programs === null ? ' (skipped: promtool is not installed, and apt-get could not download prometheus)' : '';
/** What it complains of: nothing when all is right. */
const promtool = (args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync(`${programs ?? ''}promtool`, args, { encoding: 'utf8', maxBuffer: 64 << 20 });
  return status === 0 ? '' : `${stdout}${stderr}`;
};

describe('the alerts', () => {
  const { groups } = parse(alertFile()) as { groups: { name: string }[] };

  withPromtool(`are rules that Prometheus accepts, summaries included${skipped}`, () => {
    const file = join(folder, 'alerts.yaml');
    writeFileSync(file, alertFile());
    expect(promtool(['check', 'rules', '--lint=all', '--lint-fatal', file])).toBe('');
  });

  withPromtool.each(Object.entries(CASES))(
    `of %s fire when they should, in their namespace alone, and no other of them${skipped}`,
    (group, cases) => {
      const rules = groups.filter(({ name }) => name.startsWith(group));
      const isLong = ({ minutes }: AlertCase) => minutes > LONG_MINUTES;
      const files = [
        writeTests(group, rules, { cases: cases.filter((one) => !isLong(one)), evaluation: '1m' }),
        writeTests(`${group}-long`, rules, { cases: cases.filter(isLong), evaluation: '10m' }),
      ];
      expect(promtool(['test', 'rules', ...files])).toBe('');
    },
  );

  withPromtool(`say so when nothing is scraped at all, and the watchdog always fires${skipped}`, () => {
    const nothing = { expr: 'count by (alertname) (ALERTS{alertstate="firing"})', eval_time: '10m' };
    const samples = ['VoltbusNothingScraped', 'VoltbusWatchdog'].map((name) => ({ labels: `{alertname="${name}"}`, value: 1 }));
    const file = writeTests('nothing', groups, { cases: [], evaluation: '1m' });
    const tests = [{ interval: '1m', input_series: [], promql_expr_test: [{ ...nothing, exp_samples: samples }] }];
    writeFileSync(file, stringify({ rule_files: [join(folder, 'nothing.rules.yaml')], evaluation_interval: '1m', tests }));
    expect(promtool(['test', 'rules', file])).toBe('');
  });

  it('each have a case in which they fire and one in which they do not', () => {
    const cases: readonly AlertCase[] = Object.values(CASES).flat();
    const elsewhere = ['VoltbusWatchdog', 'VoltbusNothingScraped']; // tested above
    const names = ALERTS.map(({ name, severity }) => `${name} ${severity}`).filter((one) => !elsewhere.includes(one.split(' ')[0] ?? ''));
    const firing = new Set(cases.flatMap(({ fires }) => fires));
    const silent = new Set(cases.flatMap(({ fires, about = [] }) => (fires.length === 0 ? about : [])));
    expect(names.filter((one) => !firing.has(one))).toEqual([]);
    expect(names.filter((one) => !silent.has(one.split(' ')[0] ?? ''))).toEqual([]);
  });

  it('each have a name of their own within their severity', () => {
    const names = ALERTS.map(({ name, severity }) => `${name} ${severity}`);
    expect(names.filter((one, index) => names.indexOf(one) !== index)).toEqual([]);
  });
});
