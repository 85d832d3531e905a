import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { settingsSchema } from '@voltbus/runtime';
import { parse } from 'yaml';
import { helm, helmFails } from './helm';
import { schemaProblems } from './kubernetes-schemas';
import { CHART, ROOT, render, withValues, type KubernetesObject } from './render';
import { RULES, podsOf } from './rules';
import { readmeWithValues } from './values-table';

const OWN = {
  kafka: { brokers: ['kafka-0:9092', 'kafka-1:9092', 'kafka-2:9094'] },
  redis: { existingSecret: 'redis-url' },
  postgresql: { existingSecret: 'postgres-url' },
  keys: { existingSecret: 'keys' },
};
const EVERYTHING = {
  ...OWN,
  global: { imageRegistry: 'mirror.example:5000' },
  image: { digest: `sha256:${'a'.repeat(64)}`, pullSecrets: ['pull'] },
  settings: { LOG_LEVEL: 'debug', MAX_REGISTERED_STATIONS: 1_000_000, PING_SECONDS: 30.5 },
  postgresql: { existingSecret: 'postgres-url', tlsSecret: 'postgres-tls' },
  authorization: { existingSecret: 'authorization' },
  contractRoots: { existingSecret: 'roots' },
  defaults: {
    podLabels: { team: 'charging' },
    podAnnotations: { note: 'x' },
    nodeSelector: { disk: 'fast' },
    tolerations: [{ key: 'a', operator: 'Exists' }],
    affinity: { nodeAffinity: {} },
    priorityClassName: 'high',
    extraEnv: [{ name: 'NODE_OPTIONS', value: '--max-old-space-size=512' }],
    extraVolumes: [{ name: 'more', emptyDir: {} }],
    extraVolumeMounts: [{ name: 'more', mountPath: '/more' }],
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { team: 'charging' } } },
    ],
  },
  gateway: {
    autoscaling: { enabled: true, connections: 4000 },
    service: { type: 'LoadBalancer', annotations: { a: 'b' }, loadBalancerSourceRanges: ['10.0.0.0/8'] },
    ingress: { enabled: true, className: 'nginx', host: 'ocpp.example', tlsSecret: 'ocpp-tls', annotations: { a: 'b' } },
    httpRoute: { enabled: true, parentRefs: [{ name: 'edge' }], hostnames: ['ocpp.example'] },
  },
  api: {
    autoscaling: { enabled: true },
    ingress: { enabled: true },
    httpRoute: { enabled: true, parentRefs: [{ name: 'edge' }] },
    settings: { API_REQUESTS_PER_MINUTE: 1000 },
  },
  networkPolicy: {
    metricsFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
    gatewayFrom: [{ ipBlock: { cidr: '10.0.0.0/8' } }],
    apiFrom: [{ podSelector: {} }],
    kafkaTo: [{ namespaceSelector: {} }],
    redisTo: [{ namespaceSelector: {} }],
    postgresqlTo: [{ ipBlock: { cidr: '10.1.0.0/16' } }],
    extraEgress: [{ ports: [{ port: 443, protocol: 'TCP' }] }],
  },
  metrics: {
    serviceMonitor: { enabled: true, labels: { release: 'prometheus' }, relabelings: [{ action: 'labeldrop', regex: 'x' }] },
    prometheusRule: { enabled: true, labels: { release: 'prometheus' } },
    dashboards: { enabled: true },
  },
  externalSecrets: {
    enabled: true,
    storeRef: { name: 'vault' },
    secrets: [{ name: 'keys', data: [{ secretKey: 'admin-key', remoteRef: { key: 'voltbus', property: 'admin-key' } }] }],
  },
  certificate: { enabled: true, secretName: 'ocpp-tls', dnsNames: ['ocpp.example'], issuerRef: { name: 'letsencrypt' } },
};
const extra = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: '{{ .Release.Name }}-extra', labels: { 'app.kubernetes.io/name': 'x' } },
  data: { a: 'b' },
};
const KEDA = {
  ...OWN,
  gateway: { autoscaling: { enabled: true, engine: 'keda', connections: 4000 } },
  transaction: { autoscaling: { enabled: true, engine: 'keda', lag: 5000 } },
  cdr: { autoscaling: { enabled: true, engine: 'keda', cpu: 0, lag: 5000 } },
};
const MATRIX: Record<string, [object, string[]?]> = {
  'the defaults on servers of one’s own': [OWN],
  'a small fleet': [OWN, ['values-small.yaml']],
  'a medium fleet': [OWN, ['values-medium.yaml']],
  'a large fleet': [OWN, ['values-large.yaml']],
  everything: [EVERYTHING],
  KEDA: [KEDA],
  'a trial': [{ embedded: { enabled: true } }],
  'a trial with a key of one’s own': [
    { embedded: { enabled: true, persistence: { storageClassName: 'fast' } }, keys: { existingSecret: 'k' } },
  ],
  'as little as possible': [
    {
      ...OWN,
      setup: { enabled: false },
      test: { enabled: false },
      networkPolicy: { enabled: false },
      serviceAccount: { create: false },
      defaults: { podDisruptionBudget: { enabled: false }, preStopSeconds: 5 },
      fullnameOverride: 'a-name-as-long-as-can-be-without-being-cut-off',
    },
  ],
};
const known = new Set([...Object.keys(settingsSchema.shape), ...Object.keys(settingsSchema.shape).map((name) => `${name}_FILE`)]);
const matrix = Object.entries(MATRIX).map(([name, [values, files]]) => [name, render(values, files)] as const);
const rendered = (name: string): KubernetesObject[] => matrix.find(([one]) => one === name)?.[1] ?? [];
const named = (objects: KubernetesObject[], kind: string, name: string): KubernetesObject => {
  const found = objects.find((one) => one.kind === kind && one.metadata.name === `charge-voltbus-${name}`);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
};
const environmentOf = (objects: KubernetesObject[], component: string): Record<string, unknown> => {
  const pod = podsOf(objects).find(({ labels }) => labels['app.kubernetes.io/component'] === component);
  return Object.fromEntries((pod?.spec.containers[0]?.env ?? []).map(({ name, value }) => [name, value]));
};

describe.each(matrix)('the chart, %s', (_name, objects) => {
  it('makes objects that Kubernetes knows', () => expect(objects.flatMap(schemaProblems)).toEqual([]));

  it.each(Object.entries(RULES))('%s', (_rule, broken) => expect(broken(objects, known)).toEqual([]));
});

describe('the chart', () => {
  it('passes helm lint with every file of values', () => {
    for (const file of readdirSync(CHART).filter((one) => /^values-.*\.yaml$/.test(one)))
      withValues(OWN, (own) =>
        expect(helm(['lint', '--strict', CHART, '-f', join(CHART, file), '-f', own])).toContain('0 chart(s) failed'),
      );
  });

  it.each([
    ['a value that it does not know', { gateway: { replica: 2 } }, /'replica' not allowed/],
    ['a value that it does not know, at the top', { gatway: {} }, /'gatway' not allowed/],
    ['a secret among the settings', { settings: { KEY_PEPPER: 'x' } }, /KEY_PEPPER/],
    ['a secret in a component’s environment', { cdr: { extraEnv: [{ name: 'VOLTBUS_DATABASE_URL', value: 'x' }] } }, /extraEnv/],
    ['no brokers', { kafka: { brokers: [] } }, /kafka\.brokers is required/],
    ['no Secret with the URL of Postgres', { postgresql: { existingSecret: '' } }, /postgresql\.existingSecret is required/],
    ['no Secret with keys', { keys: { existingSecret: '' } }, /keys\.existingSecret is required/],
    ['a drain that nobody waits for', { gateway: { connectionsPerPod: 1_000_000 } }, /more than 3600/],
    ['scaling by lag without KEDA', { cdr: { autoscaling: { enabled: true, lag: 10 } } }, /needs engine keda/],
    ['scaling by nothing', { api: { autoscaling: { enabled: true, cpu: 0 } } }, /nothing to go by/],
    ['TLS for no host', { gateway: { ingress: { enabled: true, tlsSecret: 't' } } }, /host is required/],
  ])('refuses %s', (_what, values, words) => {
    withValues(OWN, (own) =>
      withValues(values, (file) => expect(helmFails(['template', 'x', CHART, '-f', own, '-f', file])).toMatch(words)),
    );
  });

  it('gives a gateway the time that its drain takes, and a pod the time of both', () => {
    // The gateway's own arithmetic: 0.6 of the drain for its doors, 0.6 of that to close sockets, never slower than 200 a second.
    const limits = readFileSync(join(ROOT, 'libs/services/gateway/src/limits.ts'), 'utf8');
    const lifecycle = readFileSync(join(ROOT, 'libs/platform/runtime/src/lifecycle/lifecycle.ts'), 'utf8');
    const share = Number(/DRAIN_SHARE = ([\d.]+)/.exec(limits)?.[1]) * Number(/doors: ([\d.]+)/.exec(lifecycle)?.[1]);
    expect(Number(/DRAIN_PER_SECOND = (\d+)/.exec(limits)?.[1])).toBe(200);
    for (const [connectionsPerPod, drainPerSecond] of [
      [8000, 200],
      [1, 200],
      [20_000, 500],
      [50_000, 333],
    ] as const) {
      const objects = render({ ...OWN, gateway: { connectionsPerPod, drainPerSecond, preStopSeconds: 20 } });
      const seconds = Number(environmentOf(objects, 'gateway')['VOLTBUS_DRAIN_SECONDS']);
      expect(seconds * share * drainPerSecond).toBeGreaterThanOrEqual(connectionsPerPod);
      expect(seconds).toBeLessThanOrEqual(Math.max(30, connectionsPerPod / drainPerSecond / share + 1));
      const [pod] = podsOf([named(objects, 'Deployment', 'gateway')]);
      expect(pod?.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(20 + seconds + 10);
    }
  });

  it('writes numbers as people do', () => {
    expect(environmentOf(rendered('everything'), 'gateway')).toMatchObject({
      VOLTBUS_MAX_REGISTERED_STATIONS: '1000000',
      VOLTBUS_PING_SECONDS: '30.5',
    });
  });

  it('tells a component only the secrets that it needs', () => {
    const files = (component: string): string[] =>
      Object.keys(environmentOf(rendered('everything'), component))
        .filter((name) => name.endsWith('_FILE'))
        .map((name) => name.slice('VOLTBUS_'.length, -'_FILE'.length))
        .sort();
    expect(files('gateway')).toEqual(['KEY_PEPPER', 'REDIS_URL']);
    expect(files('router')).toEqual(['DATABASE_URL', 'KEY_PEPPER', 'REDIS_URL']);
    expect(files('transaction')).toEqual(['AUTHORIZATION_SECRET', 'CONTRACT_ROOTS', 'DATABASE_URL', 'REDIS_URL']);
    expect(files('cdr')).toEqual(['DATABASE_URL', 'REDIS_URL']);
    expect(files('device-config')).toEqual(['DATABASE_URL', 'KEY_PEPPER', 'REDIS_URL']);
    expect(files('api')).toEqual(['ADMIN_KEY', 'AUTHORIZATION_SECRET', 'CONTRACT_ROOTS', 'DATABASE_URL', 'KEY_PEPPER', 'REDIS_URL']);
    expect(files('setup')).toEqual(['DATABASE_URL']);
  });

  it('believes proxies only where it makes one', () => {
    expect(environmentOf(rendered('everything'), 'api')['VOLTBUS_API_TRUSTED_PROXIES']).toContain('10.0.0.0/8');
    expect(environmentOf(rendered('the defaults on servers of one’s own'), 'api')).not.toHaveProperty('VOLTBUS_API_TRUSTED_PROXIES');
    expect(environmentOf(rendered('everything'), 'gateway')).not.toHaveProperty('VOLTBUS_API_TRUSTED_PROXIES');
  });

  it('opens the internal port to nobody by default, and to Prometheus where told', () => {
    const rules = (name: string, component: string) =>
      (named(rendered(name), 'NetworkPolicy', component)['spec'] as { ingress: { ports: { port: number }[]; from?: unknown[] }[] }).ingress;
    const pods = ['gateway', 'router', 'transaction', 'cdr', 'device-config', 'api'];
    for (const pod of pods) {
      expect(rules('the defaults on servers of one’s own', pod).flatMap(({ ports }) => ports.map(({ port }) => port))).not.toContain(9090);
      const [metrics] = rules('everything', pod).filter(({ ports }) => ports.some(({ port }) => port === 9090));
      expect(metrics?.from).toEqual(EVERYTHING.networkPolicy.metricsFrom);
    }
    expect(rules('the defaults on servers of one’s own', 'cdr')).toEqual([]);
  });

  it('lets only who must reach Kafka, Redis and Postgres', () => {
    const ports = (component: string) =>
      (
        named(rendered('the defaults on servers of one’s own'), 'NetworkPolicy', component)['spec'] as {
          egress: { ports: { port: number }[] }[];
        }
      ).egress
        .flatMap((rule) => rule.ports.map(({ port }) => port))
        .filter((port) => port !== 53)
        .sort();
    expect(ports('gateway')).toEqual([6379, 9092, 9094]);
    expect(ports('setup')).toEqual([5432, 9092, 9094]);
    for (const service of ['router', 'transaction', 'cdr', 'device-config', 'api'])
      expect(ports(service)).toEqual([5432, 6379, 9092, 9094]);
  });

  it('takes gateways away slowly, one a minute after a quarter of an hour', () => {
    const slow = { stabilizationWindowSeconds: 900, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] };
    expect(named(rendered('everything'), 'HorizontalPodAutoscaler', 'gateway')['spec']).toMatchObject({ behavior: { scaleDown: slow } });
    expect(named(rendered('KEDA'), 'ScaledObject', 'gateway')['spec']).toMatchObject({
      advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleDown: slow } } },
    });
  });

  it('leaves the number of pods to whoever scales them', () => {
    expect(named(rendered('everything'), 'Deployment', 'gateway')['spec']).not.toHaveProperty('replicas');
    expect(named(rendered('everything'), 'Deployment', 'cdr')['spec']).toMatchObject({ replicas: 2 });
  });

  it('makes objects of one’s own from templates', () => {
    expect(render({ ...OWN, extraObjects: [extra] }).map(({ metadata }) => metadata.name)).toContain('charge-extra');
  });

  it('runs programs that are there', () => {
    const programs = matrix.flatMap(([, objects]) =>
      podsOf(objects).flatMap(({ spec }) =>
        [...JSON.stringify(spec.containers[0]?.command).matchAll(/apps\/[\w-]+\/dist\/[\w-]+\.js/g)].map(String),
      ),
    );
    const sources = [...new Set(programs)].map((program) => program.replace('/dist/', '/src/').replace(/\.js$/, '.ts'));
    expect(sources.length).toBe(10);
    for (const source of sources) expect(readFileSync(join(ROOT, source), 'utf8')).not.toBe('');
  });

  it('asks only for metrics that there are', () => {
    const page = readFileSync(join(ROOT, 'docs/reference/metrics.md'), 'utf8');
    const alerts = parse(readFileSync(join(CHART, 'files/alerts.yaml'), 'utf8')) as { groups: { rules: { expr: string }[] }[] };
    const dashboards = readdirSync(join(CHART, 'files/dashboards')).map((file) =>
      readFileSync(join(CHART, 'files/dashboards', file), 'utf8'),
    );
    const scaling =
      JSON.stringify(rendered('KEDA')) + JSON.stringify(rendered('everything').filter(({ kind }) => kind === 'HorizontalPodAutoscaler'));
    const asked = [alerts.groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)).join(' '), ...dashboards, scaling].flatMap((text) =>
      [...text.matchAll(/\b(?:csms|nodejs|process)_[a-z_]+\b/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, '')),
    );
    expect(asked.length).toBeGreaterThan(20);
    expect([...new Set(asked)].filter((name) => !page.includes(`\`${name}`))).toEqual([]);
  });

  it('documents every value in its README', () => {
    expect(readFileSync(join(CHART, 'README.md'), 'utf8')).toBe(readmeWithValues());
  });
});
