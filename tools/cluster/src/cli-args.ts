import { parseArgs } from 'node:util';
import type { DescribedCommand } from '@voltbus/runtime';
import { CHECKS, SHORT } from './checks';
import type { ForeignCluster } from './foreign-target';
import { imageValues } from './images';

const COMMANDS = ['up', 'test', 'down', 'status'] as const;
type CommandName = (typeof COMMANDS)[number];

export interface ClusterCommand {
  name: CommandName;
  /** Names of the checks to run, in their order. */
  checks: readonly string[];
  stations: number;
  keep: boolean;
  /** The namespace of a run before, with --keep. */
  namespace: string | null;
  /** Null: the cluster that `up` started. */
  foreign: ForeignCluster | null;
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
  kubeconfig: {
    type: 'string',
    value: 'FILE',
    description: "test: somebody else's cluster, kind included; with --context, $KUBECONFIG by default",
  },
  context: { type: 'string', value: 'NAME', description: 'test: the context of that kubeconfig on which the test may run' },
  image: { type: 'string', value: 'IMAGE', description: 'test: the image on that cluster, with its tag or digest' },
  'newer-image': {
    type: 'string',
    value: 'IMAGE',
    description: 'test: one with a further migration, for the check upgrade; else it is left out',
  },
  host: {
    type: 'string',
    value: 'ADDRESS',
    description: 'test: an address of this machine that its pods reach: Kafka, Redis and Postgres are started there',
  },
  namespace: { type: 'string', value: 'NAME', description: 'test: the namespace that a run with --keep on that cluster has left' },
} as const;

export const CLUSTER: DescribedCommand = {
  usage: ['npm run cluster -- up', 'npm run cluster -- test [options]', 'npm run cluster -- status', 'npm run cluster -- down'],
  about: `Runs the image and the chart on a real Kubernetes.

up      builds what is missing (Kubernetes from Go modules: some 20 minutes the first time; the image), starts a cluster of two nodes on this machine, and
        Kafka, Redis and Postgres beside it. Needs Debian 12, root and Go 1.25
test    installs the chart and runs the checks while a fleet charges; ends with 1 when one fails. The checks, in their order:
${CHECKS.map(({ name, about }) => `          ${name.padEnd(11)} ${about}`).join('\n')}
status  prints what other programs need to use the cluster: eval "$(npm run -s cluster -- status)"
down    ends the cluster and the servers, and removes their data; what was built stays

VOLTBUS_CLUSTER_CACHE and VOLTBUS_CLUSTER_STATE are the folders of what is built and of what runs; VOLTBUS_CLUSTER_ID (0 to 9) tells clusters apart that run
side by side, and VOLTBUS_CLUSTER_NODES (1 or 2) is how many nodes there are.

With --kubeconfig, test runs on that cluster, in namespaces that it makes for itself and removes in the end. It touches nothing else there: checks that would are left
out, and it does not begin without --context, whatever the current context is. Its user must be able to create namespaces. Kafka, Redis and Postgres are those of
VOLTBUS_KAFKA_BROKERS, VOLTBUS_REDIS_URL and VOLTBUS_DATABASE_URL as pods and this machine reach them, for this test alone (it deletes the topics), or with --host
they are started for it. For kind: docker build, kind load docker-image, and --host with the gateway's address of the network kind.`,
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
  const foreign = foreignOf(values, process.env['KUBECONFIG']);
  const { namespace = null } = values;
  const checks = names.filter((one) => wanted.includes(one));
  if (namespace !== null && (foreign === null || checks.includes('install')))
    throw new Error('--namespace names what a run with --keep on another cluster has left, for --only without install');
  if (foreign !== null && namespace === null && !checks.includes('install')) throw new Error('--only without install needs --namespace');
  return { name, checks, stations, keep: values.keep, namespace, foreign };
}

interface ForeignValues {
  kubeconfig?: string;
  context?: string;
  image?: string;
  'newer-image'?: string;
  host?: string;
}

function foreignOf(values: ForeignValues, usual: string | undefined): ForeignCluster | null {
  const { context, image, host = null, 'newer-image': newerImage = null } = values;
  const kubeconfig = values.kubeconfig ?? (context === undefined ? undefined : usual);
  if (kubeconfig === undefined) {
    const stray = (['context', 'image', 'newer-image', 'host'] as const).find((one) => values[one] !== undefined);
    if (stray !== undefined) throw new Error(`--${stray} needs --kubeconfig`);
    return null;
  }
  if (image === undefined) throw new Error('--kubeconfig needs --image: which image its nodes run');
  for (const one of newerImage === null ? [image] : [image, newerImage]) imageValues(one);
  return { kubeconfig, context, image, newerImage, host };
}
