import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { settingsSchema } from '@voltbus/runtime';
import { helm, helmFails } from './helm';
import { schemaProblems } from './kubernetes-schemas';
import { CHART, ROOT, render, withValues, type KubernetesObject } from './render';
import { RULES, podsOf } from './rules';
import { EVERYTHING, EXTRA_OBJECT, MATRIX, OWN } from './chart-values';
import { environmentOf, named } from './testing/rendered';
import { readmeWithValues } from './values-table';

const known = new Set([...Object.keys(settingsSchema.shape), ...Object.keys(settingsSchema.shape).map((name) => `${name}_FILE`)]);
const matrix = Object.entries(MATRIX).map(([name, [values, files]]) => [name, render(values, files)] as const);
const rendered = (name: string): KubernetesObject[] => matrix.find(([one]) => one === name)?.[1] ?? [];

describe.each(matrix)('the chart, %s', (_name, objects) => {
  it('creates objects that are valid by the Kubernetes schemas', () => expect(objects.flatMap(schemaProblems)).toEqual([]));

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
    ['an unknown value', { gateway: { replica: 2 } }, /'replica' not allowed/],
    ['an unknown value at the top', { gatway: {} }, /'gatway' not allowed/],
    ['a secret among the settings', { settings: { KEY_PEPPER: 'x' } }, /KEY_PEPPER/],
    ['a secret in a component’s environment', { cdr: { extraEnv: [{ name: 'VOLTBUS_DATABASE_URL', value: 'x' }] } }, /extraEnv/],
    ['a password among the settings', { settings: { KAFKA_SASL_PASSWORD: 'x' } }, /KAFKA_SASL_PASSWORD/],
    ['headers of a collector among the settings', { settings: { OTLP_HEADERS: 'a=b' } }, /OTLP_HEADERS/],
    ['a share of traces above one', { traces: { ratio: 2 } }, /ratio/],
    ['an unknown mechanism', { kafka: { sasl: { mechanism: 'gssapi' } } }, /mechanism/],
    ['no brokers', { kafka: { brokers: [] } }, /kafka\.brokers is required/],
    ['no Secret with the URL of Postgres', { postgresql: { existingSecret: '' } }, /postgresql\.existingSecret is required/],
    ['no Secret with keys', { keys: { existingSecret: '' } }, /keys\.existingSecret is required/],
    ['a drain of more than an hour', { gateway: { connectionsPerPod: 1_000_000 } }, /more than 3600/],
    ['a CA of stations without a TLS port', { gateway: { tls: { clientCaSecret: 'ca' } } }, /gateway\.tls\.existingSecret is required/],
  ])('refuses %s', (_what, values, message) => {
    withValues(OWN, (own) =>
      withValues(values, (file) => expect(helmFails(['template', 'x', CHART, '-f', own, '-f', file])).toMatch(message)),
    );
  });

  it('gives a gateway enough time to drain, and its pod enough time for pre-stop and drain', () => {
    // The gateway uses 0.6 of its drain for the transports, 0.6 of that to close sockets, and closes at least 200 a second.
    const limits = readFileSync(join(ROOT, 'libs/services/gateway/src/limits.ts'), 'utf8');
    const lifecycle = readFileSync(join(ROOT, 'libs/platform/runtime/src/lifecycle/lifecycle.ts'), 'utf8');
    const share = Number(/DRAIN_SHARE = ([\d.]+)/.exec(limits)?.[1]) * Number(/listeners: ([\d.]+)/.exec(lifecycle)?.[1]);
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

  it('tells every process the number of partitions, and does not repeat a set-up that somebody must put right first', () => {
    const objects = render({ ...OWN, kafka: { ...OWN.kafka, partitions: 60 } });
    for (const component of ['setup', 'gateway', 'transaction'])
      expect(environmentOf(objects, component)).toMatchObject({ VOLTBUS_TOPIC_PARTITIONS: '60' });
    const { podFailurePolicy } = named(objects, 'Job', 'setup')['spec'] as { podFailurePolicy: { rules: object[] } };
    expect(podFailurePolicy.rules).toEqual([{ action: 'FailJob', onExitCodes: { containerName: 'setup', operator: 'In', values: [78] } }]);
  });

  it('writes large numbers and fractions without an exponent', () => {
    expect(environmentOf(rendered('everything'), 'gateway')).toMatchObject({
      VOLTBUS_MAX_REGISTERED_STATIONS: '1000000',
      VOLTBUS_PING_SECONDS: '30.5',
    });
  });

  it('mounts only the secrets that a component needs', () => {
    const files = (component: string): string[] =>
      Object.keys(environmentOf(rendered('everything'), component))
        .filter((name) => name.endsWith('_FILE'))
        .map((name) => name.slice('VOLTBUS_'.length, -'_FILE'.length))
        .sort();
    const kafka = ['KAFKA_SASL_PASSWORD', 'KAFKA_TLS_CA', 'KAFKA_TLS_CERT', 'KAFKA_TLS_KEY'];
    const redis = [...kafka, 'REDIS_TLS_CA', 'REDIS_URL'];
    const traced = [...redis, 'OTLP_HEADERS'];
    const ring = [
      'ENCRYPTION_KEY',
      'ENCRYPTION_KEY_NEXT',
      'ENCRYPTION_KEY_PREVIOUS',
      'KEY_PEPPER',
      'KEY_PEPPER_NEXT',
      'KEY_PEPPER_PREVIOUS',
    ];
    const expected = (...names: string[]) => names.sort();
    expect(files('gateway')).toEqual(expected(...traced, ...ring));
    expect(files('router')).toEqual(expected(...traced, 'DATABASE_URL', ...ring));
    expect(files('transaction')).toEqual(expected(...traced, ...ring, 'AUTHORIZATION_SECRET', 'CONTRACT_ROOTS', 'DATABASE_URL'));
    expect(files('cdr')).toEqual(expected(...traced, 'DATABASE_URL'));
    expect(files('device-config')).toEqual(expected(...traced, 'DATABASE_URL', ...ring));
    expect(files('webhooks')).toEqual(expected(...traced, 'DATABASE_URL', ...ring));
    const admin = ['ADMIN_KEY', 'ADMIN_KEY_PREVIOUS'];
    const s3 = ['FILES_S3_ACCESS_KEY', 'FILES_S3_SECRET_KEY', 'FILES_S3_CA'];
    expect(files('api')).toEqual(expected(...traced, ...ring, ...admin, ...s3, 'AUTHORIZATION_SECRET', 'CONTRACT_ROOTS', 'DATABASE_URL'));
    expect(files('setup')).toEqual(expected(...kafka, 'DATABASE_URL'));
  });

  it('names the certificates where they are mounted, and how Kafka and Redis are reached, by the settings of a start that is accepted', () => {
    expect(environmentOf(rendered('everything'), 'gateway')).toMatchObject({
      VOLTBUS_KAFKA_TLS: 'true',
      VOLTBUS_KAFKA_TLS_CA_FILE: '/etc/voltbus/kafka-tls/ca.crt',
      VOLTBUS_KAFKA_TLS_CERT_FILE: '/etc/voltbus/kafka-tls/tls.crt',
      VOLTBUS_KAFKA_TLS_KEY_FILE: '/etc/voltbus/kafka-tls/tls.key',
      VOLTBUS_KAFKA_TLS_SERVER_NAME: 'kafka.example',
      VOLTBUS_KAFKA_SASL_MECHANISM: 'scram-sha-512',
      VOLTBUS_KAFKA_SASL_USERNAME: 'voltbus',
      VOLTBUS_KAFKA_SASL_PASSWORD_FILE: '/etc/voltbus/secrets/kafka-password',
      VOLTBUS_REDIS_TLS_CA_FILE: '/etc/voltbus/redis-tls/ca.crt',
      VOLTBUS_REDIS_TLS_SERVER_NAME: 'redis.example',
      VOLTBUS_OCPP_TLS_PORT: '9443',
      VOLTBUS_OCPP_TLS_CERT_FILES: '/etc/voltbus/ocpp-tls/tls.crt',
      VOLTBUS_OCPP_TLS_KEY_FILES: '/etc/voltbus/ocpp-tls/tls.key',
      VOLTBUS_OCPP_TLS_CLIENT_CA_FILES: '/etc/voltbus/ocpp-client-ca/ca.crt',
      VOLTBUS_OCPP_TLS_CRL_FILES: '/etc/voltbus/ocpp-client-ca/stations.crl',
    });
    const { ports } = named(rendered('everything'), 'Service', 'gateway').spec as { ports: { name: string; port: number }[] };
    expect(ports.map(({ name, port }) => [name, port])).toEqual([
      ['ocpp', 9000],
      ['ocpp-tls', 9443],
    ]);
    const plain = Object.keys(environmentOf(rendered('the defaults on existing servers'), 'gateway'));
    expect(plain.filter((name) => /TLS|SASL|TOKEN/.test(name))).toEqual([]);
    const tokens = { mechanism: 'oauthbearer', tokenProvider: '/opt/provider.mjs' };
    const withTokens = render({ ...OWN, kafka: { ...OWN.kafka, tls: { enabled: true }, sasl: tokens } });
    expect(environmentOf(withTokens, 'setup')).toMatchObject({
      VOLTBUS_KAFKA_TLS: 'true',
      VOLTBUS_KAFKA_SASL_MECHANISM: 'oauthbearer',
      VOLTBUS_KAFKA_TOKEN_PROVIDER: '/opt/provider.mjs',
    });
    expect(environmentOf(withTokens, 'setup')).not.toHaveProperty('VOLTBUS_KAFKA_TLS_CA_FILE');
  });

  it('exports traces only where it names a collector, which every component then may reach', () => {
    const egress = (name: string, component: string) =>
      (named(rendered(name), 'NetworkPolicy', component)['spec'] as { egress: { ports: { port: number }[] }[] }).egress.flatMap((rule) =>
        rule.ports.map(({ port }) => port),
      );
    expect(environmentOf(rendered('everything'), 'gateway')).toMatchObject({
      ...{ VOLTBUS_OTLP_ENDPOINT: 'https://collector.example:4318', VOLTBUS_TRACE_RATIO: '0.1', VOLTBUS_TRACE_SLOW_SECONDS: '2' },
      VOLTBUS_OTLP_HEADERS_FILE: '/etc/voltbus/secrets/otlp-headers',
    });
    for (const component of ['gateway', 'cdr', 'api']) expect(egress('everything', component)).toContain(4318);
    expect(egress('everything', 'setup')).not.toContain(4318);
    const plain = Object.keys(environmentOf(rendered('the defaults on existing servers'), 'gateway'));
    expect(plain.filter((name) => /OTLP|TRACE/.test(name))).toEqual([]);
    const portOf = (endpoint: string): unknown =>
      (
        named(render({ ...OWN, traces: { endpoint } }), 'NetworkPolicy', 'cdr')['spec'] as { egress: { ports: { port: number }[] }[] }
      ).egress.flatMap((rule) => rule.ports.map(({ port }) => port));
    expect(portOf('https://collector.example')).toContain(443);
    expect(portOf('http://collector.example')).toContain(80);
  });

  it('opens the internal port to nobody by default, and to Prometheus when it is configured', () => {
    const rules = (name: string, component: string) =>
      (named(rendered(name), 'NetworkPolicy', component)['spec'] as { ingress: { ports: { port: number }[]; from?: unknown[] }[] }).ingress;
    const pods = ['gateway', 'router', 'transaction', 'cdr', 'device-config', 'webhooks', 'api'];
    for (const pod of pods) {
      expect(rules('the defaults on existing servers', pod).flatMap(({ ports }) => ports.map(({ port }) => port))).not.toContain(9090);
      const [metrics] = rules('everything', pod).filter(({ ports }) => ports.some(({ port }) => port === 9090));
      expect(metrics?.from).toEqual(EVERYTHING.networkPolicy.metricsFrom);
    }
    expect(rules('the defaults on existing servers', 'cdr')).toEqual([]);
  });

  it('lets only those components reach Kafka, Redis and Postgres that must', () => {
    const ports = (component: string) =>
      (
        named(rendered('the defaults on existing servers'), 'NetworkPolicy', component)['spec'] as {
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
    expect(ports('webhooks')).toEqual([443, 5432, 6379, 8443, 9092, 9094]);
  });

  it('renders extra objects as templates', () => {
    expect(render({ ...OWN, extraObjects: [EXTRA_OBJECT] }).map(({ metadata }) => metadata.name)).toContain('charge-extra');
  });

  it('runs programs that exist', () => {
    const programs = matrix.flatMap(([, objects]) =>
      podsOf(objects).flatMap(({ spec }) =>
        [...JSON.stringify(spec.containers[0]?.command).matchAll(/apps\/[\w-]+\/dist\/[\w-]+\.js/g)].map(String),
      ),
    );
    const sources = [...new Set(programs)].map((program) => program.replace('/dist/', '/src/').replace(/\.js$/, '.ts'));
    expect(sources.length).toBe(11);
    for (const source of sources) expect(readFileSync(join(ROOT, source), 'utf8')).not.toBe('');
  });

  it('watches its own namespace alone, by its own numbers, and says where runbooks and dashboards are', () => {
    const prometheusRule = { enabled: true, runbookUrl: 'https://docs.example/runbooks/', grafanaUrl: 'https://grafana.example' };
    const rulesOf = (values: object) => {
      const rule = render({ ...OWN, ...values, metrics: { prometheusRule } }).find(({ kind }) => kind === 'PrometheusRule');
      const { groups } = rule?.['spec'] as { groups: { rules: { alert?: string; expr: string; annotations?: object }[] }[] };
      return groups.flatMap(({ rules }) => rules);
    };
    const rules = rulesOf({ gateway: { connectionsPerPod: 1_000_000, drainPerSecond: 5_000 } });
    const called = (name: string, all = rules) => all.find(({ alert }) => alert === name);
    expect(rules.filter(({ expr }) => expr !== 'vector(1)' && !expr.includes('namespace="ocpp"'))).toEqual([]);
    expect(rules.filter(({ expr }) => expr.includes('namespace=~'))).toEqual([]);
    expect(called('VoltbusGatewayNearCapacity')?.expr).toContain('> 0.85 * 1000000');
    expect(called('VoltbusGatewayDown')?.expr).toMatch(/^2 > \(/);
    expect(called('VoltbusGatewayDown', rulesOf({ gateway: { replicas: 1 } }))?.expr).toMatch(/^1 > \(/);
    expect(called('VoltbusGatewayDown', rulesOf({ embedded: { enabled: true } }))?.expr).toMatch(/^1 > \(/);
    expect(called('VoltbusGatewayDown')?.annotations).toMatchObject({
      summary: expect.stringContaining('{{ $value }}') as string,
      runbook_url: 'https://docs.example/runbooks/gateway-down.md',
      dashboard: 'https://grafana.example/d/voltbus-gateway',
    });
  });

  it('has a ConfigMap for each dashboard, by which Grafana finds it', () => {
    const boards = rendered('everything').filter(({ metadata }) => metadata.labels?.['grafana_dashboard'] === '1');
    const titles = boards.map(({ data }) =>
      Object.values(data as Record<string, string>).map((json) => (JSON.parse(json) as { title: string }).title),
    );
    expect(titles.flat()).toHaveLength(readdirSync(join(CHART, 'files/dashboards')).length);
    expect(titles.flat()).toContain('Voltbus objectives');
  });

  it('documents every value in its README', () => {
    expect(readFileSync(join(CHART, 'README.md'), 'utf8')).toBe(readmeWithValues());
  });
});
