import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from './context';
import { kitPlaces } from './kit';
import { until } from './kubernetes';
import { runToEnd } from './run-program';

const GROUP = 'custom.metrics.k8s.io/v1beta1';
const NAME = 'custom-metrics';
/** Within the pod: from another node the API server does not reach its internal port, by the NetworkPolicy. */
const PRINT_METRICS = "fetch('http://127.0.0.1:9090/metrics').then((page) => page.text()).then((text) => process.stdout.write(text))";

/** The custom metrics API with one metric of the pods of a component, read at their internal port: what a metrics adapter does. */
export async function serveCustomMetric(context: Context, metric: string, component: string): Promise<{ stop(): Promise<void> }> {
  const { hostAddress } = await kitPlaces();
  const server = createServer(await certificate(), (request, response) => {
    void answer(context, request.url ?? '', { metric, component }).then(
      (body) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body)),
      () => response.writeHead(503).end(),
    );
  }).listen(0, hostAddress);
  await once(server, 'listening');
  const objects = adapterObjects(context.fleets.namespace, hostAddress, (server.address() as AddressInfo).port);
  for (const object of objects) await context.fleets.apply(object);
  await until('the custom metrics API', async () => (await context.fleets.attemptKubectl(['get', '--raw', `/apis/${GROUP}`])).code === 0);
  return {
    stop: async () => {
      await context.fleets.kubectl(['delete', '-f', '-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) });
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(context: Context, url: string, { metric, component }: { metric: string; component: string }): Promise<object> {
  if (!decodeURIComponent(url).includes(`/pods/*/${metric}`)) {
    const resources = [{ name: `pods/${metric}`, singularName: '', namespaced: true, kind: 'MetricValueList', verbs: ['get'] }];
    return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: GROUP, resources };
  }
  const { kubernetes } = context;
  const items: object[] = [];
  for (const { metadata, status } of await kubernetes.pods(component)) {
    if (status.phase !== 'Running') continue;
    const page = await kubernetes.exec(metadata.name, ['node', '-e', PRINT_METRICS]);
    const value =
      page.match(new RegExp(`^${metric}(\\{.*\\})? (\\d+)`, 'gm'))?.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0) ?? 0;
    const describedObject = { kind: 'Pod', namespace: kubernetes.namespace, name: metadata.name, apiVersion: '/v1' };
    items.push({ describedObject, metricName: metric, timestamp: new Date().toISOString(), value: String(value) });
  }
  return { kind: 'MetricValueList', apiVersion: GROUP, metadata: {}, items };
}

/** A Service that leads to this process, and the registration of the API. */
function adapterObjects(namespace: string, address: string, port: number): object[] {
  const metadata = { name: NAME, namespace };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ name: 'https', port: 443, targetPort: port }] } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': NAME } },
      addressType: 'IPv4',
      ports: [{ name: 'https', port, protocol: 'TCP' }],
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
    },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.custom.metrics.k8s.io' },
      spec: {
        ...{ group: 'custom.metrics.k8s.io', version: 'v1beta1', groupPriorityMinimum: 100, versionPriority: 100 },
        ...{ insecureSkipTLSVerify: true, service: { name: NAME, namespace, port: 443 } },
      },
    },
  ];
}

/** A certificate of its own; the API server does not check it. */
async function certificate(): Promise<{ key: Buffer; cert: Buffer }> {
  const folder = mkdtempSync(join(tmpdir(), 'voltbus-cluster-'));
  try {
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    await runToEnd('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${NAME}`,
      '-keyout',
      key,
      '-out',
      cert,
    ]);
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
