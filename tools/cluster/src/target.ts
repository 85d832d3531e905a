import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runProgram } from '@voltbus/infra';
import { kitPlaces, runKit } from './kit';
import { IMAGES, buildImages } from './images';

/** A cluster, and the servers beside it as its pods reach them. */
export interface Target {
  /** For kubectl and helm. */
  env: Readonly<Record<string, string>>;
  brokers: readonly string[];
  redisUrl: string;
  databaseUrl: string;
  images: {
    one: string;
    /** Of another build that has a migration more; null where there is none. */
    newer: string | null;
  };
  /** Somebody else's cluster: only namespaces that the test has made are touched, and every check that needs more is left out. */
  foreign: boolean;
}

const INFRA = 'tools/infra/dist/main.js';

/** Starts the cluster and the servers; what runs already is left alone. */
export async function startTarget(): Promise<void> {
  await runKit('build.sh');
  await runKit('up.sh');
  await buildImages();
  const { hostAddress } = await kitPlaces();
  await infra('up', { VOLTBUS_INFRA_HOST: hostAddress });
}

export async function stopTarget(): Promise<void> {
  await infra('down');
  const folder = await serverFolder();
  await runKit('down.sh');
  rmSync(folder, { recursive: true, force: true });
}

/** The cluster that `up` started. Rejects, with what to do, when there is none. */
export async function findTarget(environment: NodeJS.ProcessEnv): Promise<Target> {
  const { state, bin } = await kitPlaces();
  const printed = await infra('status').catch(() => {
    throw new Error('no cluster is up: npm run cluster -- up');
  });
  const env = { KUBECONFIG: join(state, 'pki/admin.kubeconfig'), PATH: `${bin}:${environment['PATH']}` };
  const images = { one: IMAGES.one, newer: IMAGES.two };
  return { env, ...serversPrinted(printed), images, foreign: false };
}

type Servers = Pick<Target, 'brokers' | 'redisUrl' | 'databaseUrl'>;

/** Those that `infra` prints. */
export function serversPrinted(printed: string): Servers {
  return serversOf((name) => new RegExp(`^export ${name}='(.*)'$`, 'm').exec(printed)?.[1]);
}

/** Throws when one is missing. */
export function serversOf(setting: (name: string) => string | undefined): Servers {
  const [brokers, redisUrl, databaseUrl] = ['KAFKA_BROKERS', 'REDIS_URL', 'DATABASE_URL'].map((name) => setting(`VOLTBUS_${name}`));
  if (brokers === undefined || redisUrl === undefined || databaseUrl === undefined)
    throw new Error('VOLTBUS_KAFKA_BROKERS, VOLTBUS_REDIS_URL and VOLTBUS_DATABASE_URL must name servers that pods reach');
  return { brokers: brokers.split(','), redisUrl, databaseUrl };
}

/** The servers' folder of this cluster, which is removed with it. */
async function serverFolder(): Promise<string> {
  return join(ROOT, '.voltbus', (await kitPlaces()).state.replaceAll('/', '-'));
}

async function infra(command: string, settings: Readonly<Record<string, string>> = {}): Promise<string> {
  return runInfra(await serverFolder(), command, settings);
}

/** Starts, ends or shows the servers of a folder. */
export async function runInfra(folder: string, command: string, settings: Readonly<Record<string, string>> = {}): Promise<string> {
  const program = runProgram(INFRA, [command], { VOLTBUS_DATA_DIR: folder, ...settings });
  const code = await program.exit;
  if (code !== 0) throw new Error(`infra ${command} ended with ${code}: ${program.output()}`);
  return program.output();
}
