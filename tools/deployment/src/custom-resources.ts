/** Schemas of other projects' resources, as far as the chart uses them: their member names and the required ones. They are maintained by hand. */
type Schema = Record<string, unknown>;

const text: Schema = { type: 'string' };
const whole: Schema = { type: 'integer' };
const anything: Schema = {};
const list = (items: Schema): Schema => ({ type: 'array', minItems: 1, items });
const of = (properties: Record<string, Schema>, required: string[] = []): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});
const texts: Schema = { type: 'object', additionalProperties: text };
const resource = (spec: Schema): Schema =>
  of({ apiVersion: text, kind: text, metadata: of({ name: text, labels: texts, annotations: texts }, ['name']), spec }, ['spec']);

const behavior = of({
  scaleUp: of({ stabilizationWindowSeconds: whole, policies: list(anything) }),
  scaleDown: of({ stabilizationWindowSeconds: whole, policies: list(anything) }),
});

const parentRefs = list(of({ name: text, namespace: text, sectionName: text, port: whole }, ['name']));
const backendRefs = list(of({ name: text, port: whole, weight: whole }, ['name', 'port']));

export const CUSTOM_RESOURCES: Record<string, Schema> = {
  'keda.sh/v1alpha1/ScaledObject': resource(
    of(
      {
        scaleTargetRef: of({ apiVersion: text, kind: text, name: text }, ['name']),
        minReplicaCount: whole,
        maxReplicaCount: whole,
        pollingInterval: whole,
        fallback: of({ failureThreshold: whole, replicas: whole, behavior: text }, ['failureThreshold', 'replicas']),
        advanced: of({ horizontalPodAutoscalerConfig: of({ behavior }) }),
        triggers: list(
          of({ type: text, metricType: text, metadata: texts, authenticationRef: of({ name: text }, ['name']) }, ['type', 'metadata']),
        ),
      },
      ['scaleTargetRef', 'triggers'],
    ),
  ),
  'keda.sh/v1alpha1/TriggerAuthentication': resource(
    of({
      secretTargetRef: list(of({ parameter: text, name: text, key: text }, ['parameter', 'name', 'key'])),
      env: list(of({ parameter: text, name: text }, ['parameter', 'name'])),
    }),
  ),
  'monitoring.coreos.com/v1/ServiceMonitor': resource(
    of(
      {
        selector: of({ matchLabels: texts }, ['matchLabels']),
        podTargetLabels: list(text),
        endpoints: list(of({ port: text, path: text, interval: text, relabelings: list(anything) }, ['port'])),
      },
      ['selector', 'endpoints'],
    ),
  ),
  'monitoring.coreos.com/v1/PrometheusRule': resource(
    of({
      groups: list(
        of(
          {
            name: text,
            interval: text,
            rules: list(of({ alert: text, record: text, expr: text, for: text, labels: texts, annotations: texts }, ['expr'])),
          },
          ['name', 'rules'],
        ),
      ),
    }),
  ),
  'external-secrets.io/v1/ExternalSecret': resource(
    of(
      {
        refreshInterval: text,
        secretStoreRef: of({ name: text, kind: text }, ['name']),
        target: of({ name: text, creationPolicy: { enum: ['Owner', 'Orphan', 'Merge', 'None'] }, deletionPolicy: text }),
        data: list(
          of({ secretKey: text, remoteRef: of({ key: text, property: text, version: text }, ['key']) }, ['secretKey', 'remoteRef']),
        ),
      },
      ['secretStoreRef'],
    ),
  ),
  'cert-manager.io/v1/Certificate': resource(
    of(
      {
        secretName: text,
        privateKey: of({ algorithm: text, size: whole, rotationPolicy: text }),
        duration: text,
        renewBefore: text,
        usages: list(text),
        dnsNames: list(text),
        issuerRef: of({ name: text, kind: text, group: text }, ['name']),
      },
      ['secretName', 'issuerRef'],
    ),
  ),
  'gateway.networking.k8s.io/v1/HTTPRoute': resource(
    of({
      parentRefs,
      hostnames: list(text),
      rules: list(
        of({
          matches: list(of({ path: of({ type: text, value: text }) })),
          filters: list(of({ type: text, requestHeaderModifier: anything }, ['type'])),
          timeouts: of({ request: text, backendRequest: text }),
          backendRefs,
        }),
      ),
    }),
  ),
  'gateway.networking.k8s.io/v1/TLSRoute': resource(
    of({ parentRefs, hostnames: list(text), rules: list(of({ backendRefs }, ['backendRefs'])) }, ['hostnames', 'rules']),
  ),
};
