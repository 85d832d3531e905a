import type { KubernetesObject } from './render';
import { RULES } from './rules';
import { CONTAINER, POD, configMap, deployment, service } from './testing/objects';

const known = new Set(['KEY_PEPPER', 'KEY_PEPPER_FILE', 'LOG_LEVEL', 'DATABASE_URL']);

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
  it.each(Object.entries(RULES))('accepts objects that keep it: %s', (_name, rule) => {
    expect(rule([deployment(), service({ app: 'gateway' }), configMap('{"title":"all is well"}')], known)).toEqual([]);
  });

  it.each(PLANTED)('%s: finds that an object %s', (name, what, planted) => {
    expect(RULES[name]?.(planted, known).join('\n')).toContain(what);
  });

  it('has a planted violation, each of them', () => {
    expect([...new Set(PLANTED.map(([name]) => name))].sort()).toEqual(Object.keys(RULES).sort());
  });
});
