import { parseArgs } from 'node:util';
import type { DescribedCommand } from '@voltbus/runtime';

const OPTIONS = {
  check: { type: 'boolean', default: false, description: 'write nothing; end with 1 if a file is not fresh' },
  seconds: {
    type: 'string',
    default: '60',
    value: 'N',
    description: 'with verify: how long Prometheus scrapes before it is asked, 10 to 3600',
  },
} as const;

export const MONITORING: DescribedCommand = {
  usage: ['npm run monitoring -- [--check]', 'npm run monitoring -- verify [--seconds N]'],
  about:
    'Writes the alert rules, the dashboards and docs/reference/alerts.md from tools/monitoring. verify asks every query of a Prometheus that scrapes the running stack (npm run stack, on VOLTBUS_DATA_DIR).',
  options: OPTIONS,
};

type MonitoringTask = { kind: 'write' | 'check' } | { kind: 'verify'; seconds: number };

/** Throws an error that names the wrong argument. */
export function readCliArgs(args: readonly string[]): MonitoringTask {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [command, ...others] = positionals;
  if (command === undefined) return { kind: values.check ? 'check' : 'write' };
  if (command !== 'verify' || others.length > 0) throw new Error(`${positionals.join(' ')}: the only command is verify`);
  const seconds = Number(values.seconds);
  if (!(seconds >= 10 && seconds <= 3_600)) throw new Error(`--seconds ${values.seconds} is not from 10 to 3600`);
  return { kind: 'verify', seconds };
}
