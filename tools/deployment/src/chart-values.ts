/** Values with existing servers. */
export const OWN = {
  kafka: { brokers: ['kafka-0:9092', 'kafka-1:9092', 'kafka-2:9094'] },
  redis: { existingSecret: 'redis-url' },
  postgresql: { existingSecret: 'postgres-url' },
  keys: { existingSecret: 'keys' },
};
const EDGE = { name: 'edge', namespace: 'gateways' };
const WITHOUT_HEADERS = { type: 'RequestHeaderModifier', requestHeaderModifier: { remove: ['Client-Cert', 'Client-Cert-Chain'] } };
/** Values that switch on everything. */
export const EVERYTHING = {
  ...OWN,
  keys: {
    ...{ existingSecret: 'keys', adminKeyPrevious: 'old-admin-key', keyPepperPrevious: 'old-pepper', keyPepperNext: 'next-pepper' },
    ...{ encryptionKey: 'encryption-key', encryptionKeyPrevious: 'old-encryption-key', encryptionKeyNext: 'next-encryption-key' },
  },
  global: { imageRegistry: 'mirror.example:5000' },
  image: { digest: `sha256:${'a'.repeat(64)}`, pullSecrets: ['pull'] },
  kafka: {
    ...OWN.kafka,
    tls: { enabled: true, existingSecret: 'kafka-tls', cert: 'tls.crt', key: 'tls.key', serverName: 'kafka.example' },
    sasl: { mechanism: 'scram-sha-512', username: 'voltbus', existingSecret: 'kafka-user' },
  },
  redis: { ...OWN.redis, tls: { existingSecret: 'redis-tls', serverName: 'redis.example' } },
  settings: { LOG_LEVEL: 'debug', MAX_REGISTERED_STATIONS: 1_000_000, PING_SECONDS: 30.5 },
  postgresql: { existingSecret: 'postgres-url', tlsSecret: 'postgres-tls' },
  authorization: { existingSecret: 'authorization' },
  traces: { endpoint: 'https://collector.example:4318', ratio: 0.1, existingSecret: 'collector' },
  contractRoots: { existingSecret: 'roots' },
  stationCertificates: { issuerRef: { name: 'stations', kind: 'ClusterIssuer' } },
  files: { s3: { bucket: 'voltbus', endpoint: 'https://s3.example:9000', prefix: 'a/', existingSecret: 's3', caSecret: 's3-ca' } },
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
    tls: { existingSecret: 'ocpp-tls', clientCaSecret: 'stations-ca', crl: 'stations.crl' },
    trustedProxies: ['10.244.7.0/24', '10.244.8.1'],
    proxyTls: 'client-cert',
    service: {
      ...{ type: 'LoadBalancer', annotations: { a: 'b' }, loadBalancerSourceRanges: ['10.0.0.0/8'] },
      ...{ loadBalancerClass: 'example.com/nlb', ipFamilyPolicy: 'PreferDualStack' },
    },
    ingress: {
      ...{ enabled: true, className: 'nginx', controller: 'nginx', host: 'ocpp.example', tlsSecret: 'ocpp-tls' },
      annotations: { a: 'b', 'nginx.ingress.kubernetes.io/proxy-send-timeout': '120' },
    },
    httpRoute: { enabled: true, parentRefs: [EDGE], hostnames: ['ocpp.example'], annotations: { a: 'b' }, filters: [WITHOUT_HEADERS] },
    tlsRoute: {
      ...{ enabled: true, annotations: { a: 'b' }, hostnames: ['secure.ocpp.example'] },
      parentRefs: [{ ...EDGE, sectionName: 'stations' }],
    },
  },
  api: {
    autoscaling: { enabled: true },
    ingress: { enabled: true, controller: 'alb' },
    httpRoute: { enabled: true, parentRefs: [EDGE] },
    settings: { API_REQUESTS_PER_MINUTE: 1000 },
  },
  networkPolicy: {
    tokenEgress: [{ ports: [{ port: 443, protocol: 'TCP' }] }],
    metricsFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
    gatewayFrom: [{ ipBlock: { cidr: '10.0.0.0/8' } }],
    apiFrom: [{ podSelector: {} }],
    kafkaTo: [{ namespaceSelector: {} }],
    redisTo: [{ namespaceSelector: {} }],
    postgresqlTo: [{ ipBlock: { cidr: '10.1.0.0/16' } }],
    kubernetesTo: [{ ipBlock: { cidr: '10.3.0.1/32' } }],
    filesTo: [{ ipBlock: { cidr: '10.2.0.0/16' } }],
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
  certificates: {
    ...{ enabled: true, issuerRef: { name: 'letsencrypt' } },
    items: [
      { secretName: 'ocpp-tls', dnsNames: ['ocpp.example', 'secure.ocpp.example'], privateKey: { algorithm: 'RSA', size: 3072 } },
      { secretName: 'api-tls', dnsNames: ['csms.example'], issuerRef: { name: 'own', kind: 'Issuer' } },
    ],
  },
};
/** An extra object that is a template. */
export const EXTRA_OBJECT = {
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
/** Autoscaling by KEDA that asks Kafka itself, with the Secrets of the workers. */
const KEDA_ON_KAFKA = {
  ...KEDA,
  kafka: EVERYTHING.kafka,
  keda: { lagFrom: 'kafka', prometheus: { authentication: 'prometheus', authModes: 'bearer' } },
  ...Object.fromEntries(
    ['router', 'transaction', 'cdr', 'deviceConfig', 'webhooks'].map((worker) => [
      worker,
      { autoscaling: { enabled: true, engine: 'keda', lag: 5000 } },
    ]),
  ),
};
/** Stations of the profiles 2 and 3 alone, by a load balancer that writes the PROXY protocol. */
const TLS_ALONE = {
  ...OWN,
  gateway: {
    ...{ plain: false, proxyProtocol: true, trustedProxies: ['192.0.2.0/24'] },
    tls: { existingSecret: 'ocpp-tls', clientCaSecret: 'stations-ca' },
    service: { type: 'LoadBalancer' },
  },
};
/** The values, and files of values, that the chart is rendered with. */
export const MATRIX: Record<string, [object, string[]?]> = {
  'the defaults on existing servers': [OWN],
  'a small fleet': [OWN, ['values-small.yaml']],
  'a medium fleet': [OWN, ['values-medium.yaml']],
  'a large fleet': [OWN, ['values-large.yaml']],
  everything: [EVERYTHING],
  KEDA: [KEDA],
  'KEDA that asks Kafka': [{ ...KEDA_ON_KAFKA, kafka: { ...EVERYTHING.kafka, tls: { ...EVERYTHING.kafka.tls, serverName: '' } } }],
  'KEDA that asks a Kafka without secrets': [{ ...KEDA, keda: { lagFrom: 'kafka', fallbackBehavior: '' } }],
  'TLS alone': [TLS_ALONE],
  'a volume of files': [{ ...OWN, files: { persistence: { enabled: true, storageClassName: 'nfs' } } }],
  'a trial with files in S3': [{ embedded: { enabled: true }, files: { s3: { bucket: 'voltbus', existingSecret: 's3' } } }],
  'a trial': [{ embedded: { enabled: true } }],
  'a trial with an existing key': [
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
