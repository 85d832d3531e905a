import { parseArgs } from 'node:util';
import type { DescribedCommand } from '@voltbus/runtime';
import { CHECKS, SHORT } from './checks';

const COMMANDS = ['up', 'test', 'down', 'status'] as const;
type CommandName = (typeof COMMANDS)[number];

export interface ClusterCommand {
  name: CommandName;
  /** Names of the checks to run, in their order. */
  checks: readonly string[];
  stations: number;
  keep: boolean;
}

const OPTIONS = {
  only: {
    type: 'string',
    value: 'NAME,...',
    description: 'test: only these checks; without install among them, on the release that a run with --keep has left',
  },
  short: { type: 'boolean', default: false, description: `test: only ${SHORT.join(', ')}: five minutes at most on a cluster that is up` },
  stations: { type: 'string', default: '24', value: 'N', description: 'test: stations that charge during a check, 3 to 200' },
  keep: { type: 'boolean', default: false, description: 'test: leave the release installed, for another run with --only' },
} as const;

export const CLUSTER: DescribedCommand = {
  usage: ['npm run cluster -- up', 'npm run cluster -- test [options]', 'npm run cluster -- status', 'npm run cluster -- down'],
  about: `Runs the image and the chart on a real Kubernetes.

up      builds what is missing (Kubernetes from Go modules: some 20 minutes the first time; the image), starts a cluster of one node on this machine, and
        Kafka, Redis and Postgres beside it. Needs Debian 12, root and Go 1.25
test    installs the chart and runs the checks while a fleet charges; ends with 1 when one fails. The checks, in their order:
${CHECKS.map(({ name, about }) => `          ${name.padEnd(11)} ${about}`).join('\n')}
status  prints what other programs need to use the cluster: eval "$(npm run -s cluster -- status)"
down    ends the cluster and the servers, and removes their data; what was built stays

VOLTBUS_CLUSTER_CACHE and VOLTBUS_CLUSTER_STATE are the folders of what is built and of what runs; VOLTBUS_CLUSTER_ID (0 to 9) tells clusters apart that run
side by side. With VOLTBUS_CLUSTER_KUBECONFIG, test uses that cluster, with the servers of VOLTBUS_KAFKA_BROKERS, VOLTBUS_REDIS_URL and VOLTBUS_DATABASE_URL as its
pods reach them, and the images localhost/voltbus:one and localhost/voltbus:two, which its nodes must have.`,
  options: OPTIONS,
};

/** Throws an error that names the wrong argument. */
export function readCliArgs(args: readonly string[]): ClusterCommand {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [given, ...rest] = positionals;
  const name = COMMANDS.find((one) => one === given);
  if (name === undefined || rest.length > 0) throw new Error(`${positionals.join(' ') || 'nothing'}: one of ${COMMANDS.join(', ')}`);
  if (values.short && values.only !== undefined) throw new Error('--short and --only exclude each other');
  const names = CHECKS.map((check) => check.name);
  const wanted = values.short ? SHORT : (values.only?.split(',') ?? names);
  const unknown = wanted.find((one) => !names.includes(one));
  if (unknown !== undefined) throw new Error(`--only ${unknown} is none of ${names.join(', ')}`);
  const stations = Number(values.stations);
  if (!Number.isInteger(stations) || stations < 3 || stations > 200)
    throw new Error(`--stations ${values.stations}: a whole number from 3 to 200`);
  return { name, checks: names.filter((one) => wanted.includes(one)), stations, keep: values.keep };
}
