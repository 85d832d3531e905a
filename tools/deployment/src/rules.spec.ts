import { schemaProblems } from './kubernetes-schemas';
import type { KubernetesObject } from './render';
import { RULES } from './rules';
import { valuesOf } from './values-table';

const LABELS = Object.fromEntries(
  ['name', 'instance', 'component', 'version', 'managed-by', 'part-of'].map((name) => [`app.kubernetes.io/${name}`, 'x']),
);
/** As it should be; what a spec breaks is said as a path and a value. */
function deployment(path = '', value?: unknown): KubernetesObject {
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'gateway', labels: LABELS },
    spec: {
      selector: { matchLabels: { app: 'gateway' } },
      template: {
        metadata: { labels: { ...LABELS, app: 'gateway' } },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name: 'gateway',
              image: 'voltbus',
              securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
              ports: [{ name: 'internal', containerPort: 9090 }],
              env: [{ name: 'VOLTBUS_KEY_PEPPER_FILE', value: '/s/key-pepper' }],
              resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } },
              startupProbe: { httpGet: { path: '/live', port: 'internal' } },
              livenessProbe: { httpGet: { path: '/live', port: 'internal' } },
              readinessProbe: { httpGet: { path: '/ready', port: 'internal' } },
              volumeMounts: [{ name: 'secrets', mountPath: '/s' }],
            },
          ],
          volumes: [{ name: 'secrets', projected: { sources: [{ secret: { name: 's', items: [{ key: 'k', path: 'key-pepper' }] } }] } }],
        },
      },
    },
  };
  if (path !== '') put(object, path.split('.'), value);
  return object;
}

function put(target: unknown, [name = '', ...rest]: string[], value: unknown): void {
  const object = target as Record<string, unknown>; // the specs' own paths
  if (rest.length > 0) put(object[name], rest, value);
  else if (value === undefined) delete object[name];
  else object[name] = value;
}

const POD = 'spec.template.spec';
const CONTAINER = `${POD}.containers.0`;
const known = new Set(['KEY_PEPPER', 'KEY_PEPPER_FILE', 'LOG_LEVEL', 'DATABASE_URL']);
const service = (selector: object, targetPort = 'internal'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's', labels: LABELS },
  spec: { selector, ports: [{ name: 'a', port: 1, targetPort }] },
});
const configMap = (text: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', labels: LABELS },
  data: { text },
});

const PLANTED: [rule: string, what: string, planted: KubernetesObject[]][] = [
  ['Pod Security restricted', 'may run as root', [deployment(`${POD}.securityContext.runAsNonRoot`)]],
  ['Pod Security restricted', 'may run as root', [deployment(`${POD}.securityContext.runAsUser`, 0)]],
  ['Pod Security restricted', 'may run as root', [deployment(`${CONTAINER}.securityContext.runAsNonRoot`, false)]],
  ['Pod Security restricted', 'seccomp', [deployment(`${POD}.securityContext.seccompProfile`)]],
  ['Pod Security restricted', 'token', [deployment(`${POD}.automountServiceAccountToken`)]],
  ['Pod Security restricted', 'every Service', [deployment(`${POD}.enableServiceLinks`)]],
  ['Pod Security restricted', 'reaches into its node', [deployment(`${POD}.hostNetwork`, true)]],
  ['Pod Security restricted', 'reaches into its node', [deployment(`${POD}.volumes.0`, { name: 'h', hostPath: { path: '/' } })]],
  ['Pod Security restricted', 'gain privileges', [deployment(`${CONTAINER}.securityContext.allowPrivilegeEscalation`)]],
  ['Pod Security restricted', 'root file system', [deployment(`${CONTAINER}.securityContext.readOnlyRootFilesystem`, false)]],
  ['Pod Security restricted', 'keeps capabilities', [deployment(`${CONTAINER}.securityContext.capabilities.add`, ['NET_ADMIN'])]],
  ['Pod Security restricted', 'keeps capabilities', [deployment(`${POD}.initContainers`, [{ name: 'init', image: 'x' }])]],
  [
    'no secret in the environment, nor in a ConfigMap',
    'is a secret',
    [deployment(`${CONTAINER}.env.1`, { name: 'VOLTBUS_DATABASE_URL', value: 'x' })],
  ],
  [
    'no secret in the environment, nor in a ConfigMap',
    'is a secret',
    [deployment(`${CONTAINER}.env.1`, { name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } })],
  ],
  [
    'no secret in the environment, nor in a ConfigMap',
    'whole environment',
    [deployment(`${CONTAINER}.envFrom`, [{ secretRef: { name: 's' } }])],
  ],
  ['no secret in the environment, nor in a ConfigMap', 'holds a secret', [configMap('url: postgres://u:p@h/d')]],
  ['a setting that is named is one', 'is not a setting', [deployment(`${CONTAINER}.env.1`, { name: 'VOLTBUS_LOG_LEVLE', value: 'x' })]],
  ['a file that is named is mounted', 'nothing is mounted', [deployment(`${CONTAINER}.env.0.value`, '/s/other')]],
  ['a file that is named is mounted', 'no volume', [deployment(`${CONTAINER}.volumeMounts.1`, { name: 'none', mountPath: '/n' })]],
  ['probes at the internal port', 'every probe', [deployment(`${CONTAINER}.readinessProbe.httpGet.path`, '/live')]],
  ['probes at the internal port', 'every probe', [deployment(`${CONTAINER}.startupProbe`)]],
  ['requests, and a limit of memory', 'limit of memory', [deployment(`${CONTAINER}.resources.limits`)]],
  ['recommended labels', 'no label', [deployment('metadata.labels', {})]],
  ['selectors that find pods', 'selects nothing', [deployment('spec.selector.matchLabels.app', 'other')]],
  ['selectors that find pods', 'selects nothing', [deployment(), service({ app: 'other' })]],
  ['selectors that find pods', 'selects the pods of', [deployment(), deployment('metadata.name', 'twin')]],
  ['a Service whose port is there', 'wants port http', [deployment(), service({ app: 'gateway' }, 'http')]],
  ['names that are short enough, and each once', 'Deployment gateway', [deployment(), deployment()]],
  ['names that are short enough, and each once', 'aaaa', [deployment('metadata.name', 'a'.repeat(64))]],
];

describe('a rule', () => {
  it.each(Object.entries(RULES))('is content with what is as it should be: %s', (_name, rule) => {
    expect(rule([deployment(), service({ app: 'gateway' }), configMap('{"title":"all is well"}')], known)).toEqual([]);
  });

  it.each(PLANTED)('%s: finds that something %s', (name, what, planted) => {
    expect(RULES[name]?.(planted, known).join('\n')).toContain(what);
  });

  it('is planted against, each of them', () => {
    expect([...new Set(PLANTED.map(([name]) => name))].sort()).toEqual(Object.keys(RULES).sort());
  });
});

describe('the schema of a kind', () => {
  const scaled = (spec: object): KubernetesObject => ({
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: 's' },
    spec: { scaleTargetRef: { name: 'd' }, triggers: [{ type: 'cpu', metadata: {} }], ...spec },
  });

  it.each([
    ['nothing, of what is right', deployment(), null],
    [
      'a member that nobody knows',
      deployment(`${CONTAINER}.resurces`, {}),
      /does not know \/spec\/template\/spec\/containers\/0\/resurces/,
    ],
    ['one that stands too high', deployment('replicas', 2), /does not know \/replicas/],
    ['one in a list in a list', deployment(`${CONTAINER}.ports.0.hostport`, 1), /does not know .*hostport/],
    ['a word for a number', deployment('spec.replicas', 'two'), /replicas/],
    ['a number in the environment', deployment(`${CONTAINER}.env.0.value`, 7), /value/],
    ['a member that must be there', deployment('spec.selector'), /selector/],
    ['a kind that there is not', { ...deployment(), kind: 'Deplyoment' }, /no schema/],
    ['a version that there is not', { ...deployment(), apiVersion: 'apps/v7' }, /no schema/],
    ['nothing, of another project’s', scaled({}), null],
    ['what another project does not know', scaled({ minReplicas: 1 }), /additional properties/],
    ['what another project must have', scaled({ triggers: undefined }), /triggers/],
  ])('finds %s', (_what, object, problem) => {
    const problems = schemaProblems(JSON.parse(JSON.stringify(object)) as KubernetesObject).join('\n');
    if (problem === null) expect(problems).toBe('');
    else expect(problems).toMatch(problem);
  });
});

describe('the table of values', () => {
  it('has each value that has a comment, and what is below it as its default', () => {
    expect(valuesOf('# head\n\na:\n  # -- First\n  b: 1\n  # -- Second\n  c: {d: [x]}\n# -- Third\ne: ""\nf: {}\n')).toEqual([
      { path: 'a.b', usual: '1', about: 'First' },
      { path: 'a.c', usual: '{"d":["x"]}', about: 'Second' },
      { path: 'e', usual: '""', about: 'Third' },
    ]);
  });

  it('refuses a value that nobody explains', () => expect(() => valuesOf('a:\n  b: 1\n')).toThrow('a.b has no comment'));
});
