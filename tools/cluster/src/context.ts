import { randomBytes } from 'node:crypto';
import { Kubernetes } from './kubernetes';
import { IMAGES, imageValues } from './images';
import type { Target } from './target';

export const RELEASE = 'voltbus';
const NAMESPACE = 'voltbus-test';
const FLEET_NAMESPACE = 'voltbus-fleet';
export const SECRET = 'voltbus';
/** Pods of the release and of fleets keep to it; the API server refuses others. */
export const RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/warn': 'restricted' };

/** What a check has to work with. */
export interface Context {
  /** In the namespace of the release. */
  kubernetes: Kubernetes;
  /** In the namespace of fleets, which is foreign to the release. */
  fleets: Kubernetes;
  target: Target;
  /** Values of the release, on top of which a check sets its own. */
  values: Values;
  /** The contents of every Secret, by their names. */
  secrets: Readonly<Record<string, string>>;
  stations: number;
}

export type Values = ReturnType<typeof valuesFor>;

/** Makes the namespaces and the Secrets anew, unless those of a run before are to be used again. */
export async function prepare(target: Target, stations: number, { fresh }: { fresh: boolean }): Promise<Context> {
  const kubernetes = new Kubernetes(target.env, NAMESPACE);
  const fleets = kubernetes.inNamespace(FLEET_NAMESPACE);
  const context = { kubernetes, fleets, target, values: valuesFor(target), stations };
  if (!fresh) return { ...context, secrets: await keptSecrets(kubernetes) };
  const random = (): string => randomBytes(24).toString('base64url');
  const secrets = { 'admin-key': random(), 'key-pepper': random(), 'database-url': target.databaseUrl, 'redis-url': target.redisUrl };
  await removeNamespaces(kubernetes);
  for (const [namespace, data] of [
    [NAMESPACE, secrets],
    [FLEET_NAMESPACE, { 'admin-key': secrets['admin-key'] }],
  ] as const) {
    await kubernetes.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: RESTRICTED } });
    await kubernetes.inNamespace(namespace).apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: SECRET }, stringData: data });
  }
  return { ...context, secrets };
}

async function keptSecrets(kubernetes: Kubernetes): Promise<Record<string, string>> {
  const [kept] = await kubernetes.get<{ data: Record<string, string> }>('secrets', `--field-selector=metadata.name=${SECRET}`);
  if (kept === undefined) throw new Error('nothing is installed: run the check `install` first, with --keep');
  return Object.fromEntries(Object.entries(kept.data).map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]));
}

export async function removeNamespaces(kubernetes: Kubernetes): Promise<void> {
  await kubernetes.kubectl(['delete', 'namespace', NAMESPACE, FLEET_NAMESPACE, '--ignore-not-found', '--timeout=180s']);
}

/** Two pods of everything, small enough for one machine that has the servers and the fleet too. */
function valuesFor({ brokers, redisUrl, databaseUrl }: Target) {
  const resources = { requests: { cpu: '20m', memory: '128Mi' }, limits: { memory: '512Mi' } };
  const portOf = (url: string, usual: number): number[] => [Number(new URL(url).port) || usual];
  return {
    image: imageValues(IMAGES.one),
    kafka: { brokers, replication: 1 },
    redis: { existingSecret: SECRET, ports: portOf(redisUrl, 6379) },
    postgresql: { existingSecret: SECRET, ports: portOf(databaseUrl, 5432) },
    keys: { existingSecret: SECRET },
    settings: { DATABASE_POOL: 3 }, // the embedded Postgres beside the cluster takes 120 connections, also while a rollout has pods of both kinds
    defaults: { resources },
    gateway: { resources, connectionsPerPod: 200, preStopSeconds: 5 },
    api: { preStopSeconds: 5 },
    setup: { deadlineSeconds: 120 },
  };
}
