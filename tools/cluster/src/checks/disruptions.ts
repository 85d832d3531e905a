import { Client } from 'pg';
import { inWords, whileCharging } from '../fleet';
import { RELEASE, type Context } from '../context';
import { isReady, until } from '../kubernetes';
import { NEWER_COLUMN, imageOf, imageValues } from '../images';
import { demand, type Check } from './check';

/** Every workload, in the order of its traffic. */
export const COMPONENTS = ['gateway', 'router', 'transaction', 'cdr', 'device-config', 'webhooks', 'api'] as const;
export const deploymentOf = (component: string): string => `${RELEASE}-${component}`;

export const scale: Check = {
  name: 'scale',
  about: 'gateways from 4, on which stations are spread, to 2 to 4',
  run: async (context) => {
    const scaleTo = async (replicas: number): Promise<void> => {
      await context.kubernetes.kubectl(['scale', `deployment/${deploymentOf('gateway')}`, `--replicas=${replicas}`]);
      await untilPods(context, 'gateway', replicas);
    };
    await scaleTo(4);
    const report = await whileCharging(context, async () => {
      await scaleTo(2);
      await scaleTo(4);
    });
    await scaleTo(2);
    return inWords(report);
  },
};

export const restart: Check = {
  name: 'restart',
  about: 'a rolling restart of every workload, one after the other',
  run: async (context) =>
    inWords(
      await whileCharging(context, async () => {
        for (const component of COMPONENTS) {
          await context.kubernetes.kubectl(['rollout', 'restart', `deployment/${deploymentOf(component)}`]);
          await context.kubernetes.rollout(deploymentOf(component));
          await untilPods(context, component, 2);
        }
      }),
    ),
};

export const upgrade: Check = {
  name: 'upgrade',
  about: 'helm upgrade to a build with a migration of every table, then helm rollback: all workloads at once',
  leftOut: ({ target }) => (target.images.newer === null ? 'it needs --newer-image' : null),
  run: async (context) => {
    const newer = imageValues(context.target.images.newer ?? '');
    const report = await whileCharging(context, async () => {
      await context.kubernetes.install(RELEASE, { ...context.values, image: newer });
      await demandImage(context, imageOf(newer));
      await demandMigrated(context);
      await context.kubernetes.helm(['rollback', RELEASE, '--wait', '--timeout', '300s']);
      await demandImage(context, imageOf(context.values.image));
    });
    return inWords(report);
  },
};

export const kill: Check = {
  name: 'kill',
  about: 'a pod of each workload is killed without notice (SIGKILL)',
  run: async (context) =>
    inWords(
      await whileCharging(context, async () => {
        for (const component of COMPONENTS) {
          const [victim] = await context.kubernetes.pods(component);
          await context.kubernetes.kubectl(['delete', 'pod', victim?.metadata.name ?? '', '--grace-period=0', '--force']);
          await untilPods(context, component, 2);
        }
      }),
    ),
};

export const evict: Check = {
  name: 'evict',
  about: "both gateways are evicted against their PDB, as a node's drain does it: one at a time",
  run: async (context) => {
    let refusals = 0;
    const report = await whileCharging(context, async () => {
      const [first, second] = (await context.kubernetes.pods('gateway')).map(({ metadata }) => metadata.name);
      demand((await evicted(context, first ?? '')) === 'evicted', 'the first eviction was refused');
      demand((await evicted(context, second ?? '')) === 'refused', 'the second eviction was not refused');
      await until('the second eviction is allowed', async () => {
        if ((await evicted(context, second ?? '')) === 'evicted') return true;
        refusals++;
        return false;
      });
      await untilPods(context, 'gateway', 2);
    });
    return `the second eviction was refused ${refusals + 1} times, until a new gateway was ready; ${inWords(report)}`;
  },
};

async function evicted({ kubernetes }: Context, name: string): Promise<'evicted' | 'refused'> {
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: kubernetes.namespace } };
  const path = `/api/v1/namespaces/${kubernetes.namespace}/pods/${name}/eviction`;
  const { code, stderr } = await kubernetes.attemptKubectl(['create', '--raw', path, '-f', '-'], { input: JSON.stringify(eviction) });
  if (code === 0) return 'evicted';
  demand(/disruption budget/.test(stderr), `an eviction failed: ${stderr}`);
  return 'refused';
}

/** So many ready pods, and none that is still going. */
export async function untilPods({ kubernetes }: Context, component: string, replicas: number): Promise<void> {
  await until(
    `${replicas} pods of ${component}`,
    async () => {
      const all = await kubernetes.get<Parameters<typeof isReady>[0]>('pods', '-l', `app.kubernetes.io/component=${component}`);
      return all.length === replicas && all.every(isReady);
    },
    240,
  );
}

async function demandImage({ kubernetes }: Context, image: string): Promise<void> {
  const others = (await kubernetes.pods())
    .flatMap(({ spec }) => spec.containers.map((one) => one.image))
    .filter((one) => one !== image && !one.endsWith(`/${image}`));
  demand(others.length === 0, `pods of ${others.join(', ')} instead of ${image}`);
}

/** The set-up of the newer build has given every service's tables its column. */
async function demandMigrated({ target }: Context): Promise<void> {
  const client = new Client({ connectionString: target.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; migrated: boolean }>(
      `SELECT oid::regclass::text AS name, EXISTS (SELECT FROM pg_attribute WHERE attrelid = oid AND attname = $1) AS migrated FROM pg_class
       WHERE relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'migrations' AND relnamespace::regnamespace::text !~ '^(pg_|information_schema|public)'`,
      [NEWER_COLUMN],
    );
    const others = rows.filter(({ migrated }) => !migrated).map(({ name }) => name);
    demand(rows.length > 0 && others.length === 0, `not migrated: ${others.join(', ') || 'everything, for there are no tables'}`);
  } finally {
    await client.end();
  }
}
