import { randomBytes } from 'node:crypto';
import { Kubernetes } from './kubernetes';
import { imageValues } from './images';
import type { Target } from './target';

export const RELEASE = 'voltbus';
/** Of the namespaces that a test has made, with the name of the first: no other is ever removed. */
const OWNER = 'voltbus.io/cluster-test';
export const SECRET = 'voltbus';
/** Pods of the release and of fleets keep to it; the API server refuses others. */
const RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/warn': 'restricted' };

/** What a check has to work with. */
export interface Context {
  /** In the namespace of the release. */
  kubernetes: Kubernetes;
  /** In the namespace of fleets, which is foreign to the release. */
  fleets: Kubernetes;
  /** Of a trial, which makes and removes it. */
  trial: Kubernetes;
  target: Target;
  /** Values of the release, on top of which a check sets its own. */
  values: Values;
  /** The contents of every Secret, by their names. */
  secrets: Readonly<Record<string, string>>;
  stations: number;
}

export type Values = ReturnType<typeof valuesFor>;

interface PrepareOptions {
  stations: number;
  /** Makes the namespaces and the Secrets anew; else those of a run before are used again. */
  fresh: boolean;
  /** The namespace of the release; the others begin with it. */
  namespace: string;
}

/** A name that nobody has; on our own cluster always the same. */
export function namespaceFor({ foreign }: Target): string {
  return foreign ? `voltbus-test-${randomBytes(4).toString('hex')}` : 'voltbus-test';
}

export async function prepare(target: Target, { stations, fresh, namespace }: PrepareOptions): Promise<Context> {
  const kubernetes = new Kubernetes(target.env, namespace);
  const [fleets, trial] = [kubernetes.inNamespace(`${namespace}-fleet`), kubernetes.inNamespace(`${namespace}-trial`)];
  const context = { kubernetes, fleets, trial, target, values: valuesFor(target), stations };
  if (!fresh) return { ...context, secrets: await keptSecrets(kubernetes) };
  const random = (): string => randomBytes(24).toString('base64url');
  const secrets = { 'admin-key': random(), 'key-pepper': random(), 'database-url': target.databaseUrl, 'redis-url': target.redisUrl };
  await removeNamespaces(kubernetes);
  if (!target.foreign) await kubernetes.kubectl(['uncordon', '-l', 'kubernetes.io/os']); // a run that was interrupted may have left one
  for (const [one, data] of [
    [kubernetes, secrets],
    [fleets, { 'admin-key': secrets['admin-key'] }],
  ] as const) {
    await createNamespace(one, namespace);
    await one.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: SECRET }, stringData: data });
  }
  return { ...context, secrets };
}

/** Rejects where the namespace is there already. */
export async function createNamespace(kubernetes: Kubernetes, owner = kubernetes.namespace): Promise<void> {
  const metadata = { name: kubernetes.namespace, labels: { ...RESTRICTED, [OWNER]: owner } };
  await kubernetes.kubectl(['create', '-f', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata }) });
}

async function keptSecrets(kubernetes: Kubernetes): Promise<Record<string, string>> {
  const [kept] = await kubernetes.get<{ data: Record<string, string> }>('secrets', `--field-selector=metadata.name=${SECRET}`);
  if (kept === undefined) throw new Error('nothing is installed: run the check `install` first, with --keep');
  return Object.fromEntries(Object.entries(kept.data).map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]));
}

/** Removes those that this test, or the one before it by the same name, has made. */
export async function removeNamespaces(kubernetes: Kubernetes): Promise<void> {
  const selector = `${OWNER}=${kubernetes.namespace}`;
  await kubernetes.kubectl(['delete', 'namespace', '-l', selector, '--ignore-not-found', '--timeout=180s']);
}

/** Two pods of everything, small enough for one machine that has the servers and the fleet too. */
function valuesFor({ brokers, redisUrl, databaseUrl, images }: Target) {
  const resources = { requests: { cpu: '20m', memory: '128Mi' }, limits: { memory: '512Mi' } };
  const portOf = (url: string, usual: number): number[] => [Number(new URL(url).port) || usual];
  return {
    image: imageValues(images.one),
    kafka: { brokers, replication: 1 },
    redis: { existingSecret: SECRET, ports: portOf(redisUrl, 6379) },
    postgresql: { existingSecret: SECRET, ports: portOf(databaseUrl, 5432) },
    keys: { existingSecret: SECRET },
    settings: { DATABASE_POOL: 3 }, // the embedded Postgres beside the cluster takes 120 connections, also while a rollout has pods of both kinds
    defaults: { resources },
    gateway: { resources, connectionsPerPod: 200, preStopSeconds: 5 },
    api: { preStopSeconds: 5 },
    setup: { deadlineSeconds: 300 }, // a machine that is busy with others takes minutes
  };
}
