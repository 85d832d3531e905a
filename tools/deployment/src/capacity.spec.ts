import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CHART, ROOT } from './render';

interface Component {
  replicas?: number;
  connectionsPerPod?: number;
  autoscaling?: { minReplicas: number; maxReplicas: number };
  resources?: { requests: { cpu: string; memory: string } };
}
type Values = Record<'gateway' | 'defaults' | 'transaction' | 'deviceConfig' | 'api', Component | undefined>;

const STATIONS = { small: 1_000, medium: 10_000, large: 100_000 };
/** Services with a pool of their own, and the pools of an api process: one for each schema. */
const OTHERS = ['router', 'cdr', 'webhooks'];
const POOL = 8;
const API_POOLS = 5;

const sheet = readFileSync(join(ROOT, 'docs/reference/capacity.md'), 'utf8');
const cells = (row: string): string[] => {
  const line = sheet.split('\n').find((one) => one.startsWith(`| ${row} `));
  return (line ?? '')
    .split('|')
    .map((cell) => cell.trim())
    .slice(2, -1);
};

describe.each(Object.entries(STATIONS))('the capacity sheet, %s', (size, stations) => {
  const column = Object.keys(STATIONS).indexOf(size);
  const values = parse(readFileSync(join(CHART, `values-${size}.yaml`), 'utf8')) as Values;
  const { gateway, defaults } = values;
  const pods = (name: 'transaction' | 'deviceConfig' | 'api'): number => values[name]?.replicas ?? defaults?.replicas ?? 0;
  const shown = (row: string): string => cells(row)[column] ?? '';

  it('has the pods and requests of the values', () => {
    const { minReplicas, maxReplicas } = gateway?.autoscaling ?? { minReplicas: gateway?.replicas, maxReplicas: gateway?.replicas };
    expect(shown('gateways')).toBe(minReplicas === maxReplicas ? `${minReplicas}` : `${minReplicas} to ${maxReplicas}`);
    expect(shown('transaction, device-config, api')).toBe([pods('transaction'), pods('deviceConfig'), pods('api')].join(', '));
    expect(shown('router, cdr, webhooks')).toBe(OTHERS.map(() => defaults?.replicas).join(', '));
    for (const [row, component] of [
      ['request of a gateway: CPU, memory', gateway],
      ['request of a service: CPU, memory', defaults],
    ] as const)
      expect(shown(row)).toBe(`${component?.resources?.requests.cpu}, ${component?.resources?.requests.memory}`);
  });

  it('has as many connections to Postgres as the pods open', () => {
    const services = pods('transaction') + pods('deviceConfig') + OTHERS.length * (defaults?.replicas ?? 0);
    expect(parseInt(shown('Postgres, connections'), 10)).toBe(POOL * (services + API_POOLS * pods('api')));
  });

  it('has room for the fleet when one gateway is lost', () => {
    const left = (gateway?.replicas ?? 0) - 1;
    expect(left * (gateway?.connectionsPerPod ?? 0)).toBeGreaterThanOrEqual(stations);
    expect(parseInt(shown('connections per gateway, one lost').replace(',', ''), 10)).toBeGreaterThanOrEqual(stations / left - 100);
  });
});
