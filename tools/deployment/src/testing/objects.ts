import type { KubernetesObject } from '../render';

const LABELS = Object.fromEntries(
  ['name', 'instance', 'component', 'version', 'managed-by', 'part-of'].map((name) => [`app.kubernetes.io/${name}`, 'x']),
);
/** A deployment that keeps all rules, or breaks one by the value at a path. */
export function deployment(path = '', value?: unknown): KubernetesObject {
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

/** The path of the pod's spec in `deployment`. */
export const POD = 'spec.template.spec';
/** The path of its container. */
export const CONTAINER = `${POD}.containers.0`;

export const service = (selector: object, targetPort = 'internal'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's', labels: LABELS },
  spec: { selector, ports: [{ name: 'a', port: 1, targetPort }] },
});
export const configMap = (text: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', labels: LABELS },
  data: { text },
});
