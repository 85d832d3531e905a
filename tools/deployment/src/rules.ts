import type { KubernetesObject } from './render';

interface Container {
  name: string;
  image: string;
  command?: string[];
  securityContext?: {
    runAsNonRoot?: boolean;
    allowPrivilegeEscalation?: boolean;
    readOnlyRootFilesystem?: boolean;
    capabilities?: { drop?: string[]; add?: string[] };
  };
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  ports?: { name: string; containerPort: number }[];
  env?: { name: string; value?: unknown; valueFrom?: Record<string, unknown> }[];
  envFrom?: unknown[];
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  volumeMounts?: { name: string; mountPath: string }[];
}
interface Probe {
  httpGet?: { path: string; port: string };
}
interface Volume {
  name: string;
  hostPath?: unknown;
  secret?: { secretName: string };
  persistentVolumeClaim?: { claimName: string };
  projected?: { sources: { secret?: { items?: { path: string }[] } }[] };
}
interface PodSpec {
  automountServiceAccountToken?: boolean;
  enableServiceLinks?: boolean;
  hostNetwork?: boolean;
  securityContext?: { runAsNonRoot?: boolean; runAsUser?: number; seccompProfile?: { type?: string } };
  containers: Container[];
  initContainers?: Container[];
  volumes?: Volume[];
  terminationGracePeriodSeconds?: number;
}
interface Pod {
  owner: KubernetesObject;
  place: string;
  labels: Record<string, string>;
  spec: PodSpec;
}

const SECRETS = [
  'ADMIN_KEY',
  'ADMIN_KEY_PREVIOUS',
  'KEY_PEPPER',
  'KEY_PEPPER_PREVIOUS',
  'KEY_PEPPER_NEXT',
  'ENCRYPTION_KEY',
  'ENCRYPTION_KEY_PREVIOUS',
  'ENCRYPTION_KEY_NEXT',
  'DATABASE_URL',
  'REDIS_URL',
  'KAFKA_SASL_PASSWORD',
  'AUTHORIZATION_SECRET',
  'OTLP_HEADERS',
  'CONTRACT_ROOTS',
  'FILES_S3_ACCESS_KEY',
  'FILES_S3_SECRET_KEY',
];
const LABELS = ['name', 'instance', 'component', 'version', 'managed-by', 'part-of'].map((name) => `app.kubernetes.io/${name}`);
const SERVING = new Set(['Deployment', 'StatefulSet']);

/** Every pod that the objects create. */
export function podsOf(objects: readonly KubernetesObject[]): Pod[] {
  return objects.flatMap((owner) => {
    const place = `${owner.kind} ${owner.metadata.name}`;
    if (owner.kind === 'Pod') return [{ owner, place, labels: owner.metadata.labels ?? {}, spec: owner['spec'] as PodSpec }];
    const { template } = (owner['spec'] ?? {}) as { template?: { metadata: { labels: Record<string, string> }; spec: PodSpec } };
    return template?.spec?.containers === undefined ? [] : [{ owner, place, labels: template.metadata.labels, spec: template.spec }];
  });
}

/** The rules that all our objects keep. Each returns one line for every object that breaks it. */
export const RULES: Readonly<Record<string, (objects: readonly KubernetesObject[], known: ReadonlySet<string>) => string[]>> = {
  'Pod Security restricted': (objects) => podsOf(objects).flatMap(podSecurityProblems),
  'no secret in the environment, nor in a ConfigMap': (objects) => [
    ...podsOf(objects).flatMap(secretsInEnvironment),
    ...objects.flatMap(secretsInConfigMap),
  ],
  'a setting that is named is one': (objects, known) =>
    eachContainer(objects, ({ env = [] }) =>
      env.flatMap(({ name }) => (name.startsWith('VOLTBUS_') && !known.has(name.slice(8)) ? [`${name} is not a setting`] : [])),
    ),
  'a file that is named is mounted': (objects) => podsOf(objects).flatMap(mountProblems),
  'probes at the internal port': (objects) =>
    podsOf(objects)
      .filter(({ owner }) => SERVING.has(owner.kind))
      .flatMap(({ place, spec }) => spec.containers.flatMap((container) => probeProblems(place, container))),
  'requests, and a limit of memory': (objects) =>
    eachContainer(objects, ({ resources }) =>
      resources?.requests?.['cpu'] && resources.requests['memory'] && resources.limits?.['memory']
        ? []
        : ['has no requests or no limit of memory'],
    ),
  'recommended labels': (objects) =>
    objects.flatMap(({ kind, metadata: { name, labels = {} } }) =>
      LABELS.filter((label) => labels[label] === undefined).map((label) => `${kind} ${name} has no label ${label}`),
    ),
  'selectors that find pods': (objects) => objects.flatMap((object) => selectorProblems(object, podsOf(objects))),
  'a Service whose port is there': (objects) => objects.flatMap((object) => servicePortProblems(object, podsOf(objects))),
  'names that are short enough, and each once': (objects) => {
    const names = objects.map(({ kind, metadata: { name } }) => `${kind} ${name}`);
    return [...names.filter((one, index) => names.indexOf(one) !== index), ...names.filter((one) => (one.split(' ')[1] ?? '').length > 63)];
  },
};

function eachContainer(objects: readonly KubernetesObject[], look: (container: Container) => string[]): string[] {
  return podsOf(objects).flatMap(({ place, spec }) =>
    [...spec.containers, ...(spec.initContainers ?? [])].flatMap((one) => look(one).map((what) => `${place}, ${one.name}: ${what}`)),
  );
}

function podSecurityProblems({ owner, place, spec }: Pod): string[] {
  const { securityContext: pod = {}, volumes = [] } = spec;
  const wrong: [boolean, string][] = [
    [pod.runAsNonRoot !== true || pod.runAsUser === 0 || pod.runAsUser === undefined, 'may run as root'],
    [pod.seccompProfile?.type !== 'RuntimeDefault', 'has no seccomp profile'],
    [spec.automountServiceAccountToken !== false, 'mounts a token of its service account'],
    [spec.enableServiceLinks !== false, 'has the environment of every Service'],
    [spec.hostNetwork === true || volumes.some(({ hostPath }) => hostPath !== undefined), 'reaches into its node'],
  ];
  const containers = eachContainer([owner], ({ securityContext: context = {} }) => [
    ...(context.allowPrivilegeEscalation === false ? [] : ['may gain privileges']),
    ...(context.readOnlyRootFilesystem === true ? [] : ['may write to its root file system']),
    ...(context.capabilities?.drop?.includes('ALL') === true && context.capabilities.add === undefined ? [] : ['keeps capabilities']),
    ...(context.runAsNonRoot === false ? ['may run as root'] : []),
  ]);
  return [...wrong.flatMap(([is, what]) => (is ? [`${place} ${what}`] : [])), ...containers];
}

function secretsInEnvironment({ owner }: Pod): string[] {
  return eachContainer([owner], ({ env = [], envFrom }) => [
    ...(envFrom === undefined ? [] : ['takes a whole environment from elsewhere']),
    ...env.flatMap(({ name, valueFrom }) =>
      SECRETS.some((secret) => name === `VOLTBUS_${secret}`) || valueFrom?.['secretKeyRef'] !== undefined ? [`${name} is a secret`] : [],
    ),
  ]);
}

function secretsInConfigMap({ kind, metadata: { name }, ...rest }: KubernetesObject): string[] {
  const secret = kind === 'ConfigMap' && /postgres(ql)?:\/\/|rediss?:\/\/|password|pepper|PRIVATE KEY/i.test(JSON.stringify(rest));
  return secret ? [`ConfigMap ${name} holds a secret`] : [];
}

function mountProblems({ owner, spec: { volumes = [] } }: Pod): string[] {
  const paths = volumes.flatMap(({ name, projected }) =>
    (projected?.sources ?? []).flatMap(({ secret }) => (secret?.items ?? []).map(({ path }) => ({ name, path }))),
  );
  return eachContainer([owner], ({ env = [], volumeMounts = [] }) => {
    const files = paths.flatMap(({ name, path }) =>
      volumeMounts.filter((one) => one.name === name).map(({ mountPath }) => `${mountPath}/${path}`),
    );
    const folders = volumeMounts.filter(({ name }) => volumes.some((one) => one.name === name && one.secret !== undefined));
    const isMounted = (file: string) => files.includes(file) || folders.some(({ mountPath }) => file.startsWith(`${mountPath}/`));
    const wrong = env.filter(({ name, value }) => name.endsWith('_FILE') && !isMounted(String(value)));
    const stray = volumeMounts.filter(({ name }) => !volumes.some((one) => one.name === name) && !hasVolumeClaim(owner, name));
    return [
      ...wrong.map(({ name, value }) => `${name}: nothing is mounted at ${String(value)}`),
      ...stray.map(({ name }) => `no volume ${name}`),
    ];
  });
}

function hasVolumeClaim(owner: KubernetesObject, name: string): boolean {
  const { volumeClaimTemplates = [] } = owner['spec'] as { volumeClaimTemplates?: KubernetesObject[] };
  return volumeClaimTemplates.some(({ metadata }) => metadata.name === name);
}

function probeProblems(place: string, { name, ports = [], startupProbe, livenessProbe, readinessProbe }: Container): string[] {
  const internal = ports.some((one) => one.name === 'internal' && one.containerPort === 9090);
  const right = (probe: Probe | undefined, path: string) => probe?.httpGet?.path === path && probe.httpGet.port === 'internal';
  const all = internal && right(startupProbe, '/live') && right(livenessProbe, '/live') && right(readinessProbe, '/ready');
  return all ? [] : [`${place}, ${name}: has not every probe at its internal port`];
}

function selectorOf({ kind, ...rest }: KubernetesObject): Record<string, string> | null {
  const spec = (rest['spec'] ?? {}) as { selector?: Record<string, unknown>; podSelector?: { matchLabels?: Record<string, string> } };
  if (kind === 'Service') return (spec.selector ?? null) as Record<string, string> | null;
  if (kind === 'NetworkPolicy') return spec.podSelector?.matchLabels ?? null;
  if (SERVING.has(kind) || kind === 'PodDisruptionBudget') return (spec.selector?.['matchLabels'] ?? null) as Record<string, string> | null;
  return null;
}

function selectedPods(selector: Record<string, string>, pods: readonly Pod[]): Pod[] {
  return pods.filter(({ labels }) => Object.entries(selector).every(([name, value]) => labels[name] === value));
}

function selectorProblems(object: KubernetesObject, pods: readonly Pod[]): string[] {
  const selector = selectorOf(object);
  const place = `${object.kind} ${object.metadata.name}`;
  if (selector === null) return [];
  const own = SERVING.has(object.kind)
    ? selectedPods(selector, pods)
        .filter(({ owner }) => owner !== object)
        .map((one) => `${place} selects the pods of ${one.place}`)
    : [];
  return selectedPods(selector, pods).length === 0 ? [`${place} selects nothing`] : own;
}

function servicePortProblems(object: KubernetesObject, pods: readonly Pod[]): string[] {
  if (object.kind !== 'Service') return [];
  const { ports } = object['spec'] as { ports: { targetPort: string }[] };
  return selectedPods(selectorOf(object) ?? {}, pods).flatMap(({ place, spec }) =>
    ports
      .filter(({ targetPort }) => !spec.containers.some((one) => (one.ports ?? []).some(({ name }) => name === targetPort)))
      .map(({ targetPort }) => `Service ${object.metadata.name} wants port ${targetPort} of ${place}`),
  );
}
