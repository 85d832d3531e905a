import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOPICS } from '@voltbus/contracts';
import { OWN } from './chart-values';
import { helmFails } from './helm';
import { CHART, ROOT, render, withValues, type KubernetesObject } from './render';
import { named, ofMatrix } from './testing/rendered';

interface Trigger {
  type: string;
  metadata: Record<string, string>;
  authenticationRef?: { name: string };
}
const [everything, keda, onKafka, openKafka] = ['everything', 'KEDA', 'KEDA that asks Kafka', 'KEDA that asks a Kafka without secrets'].map(
  ofMatrix,
) as [KubernetesObject[], KubernetesObject[], KubernetesObject[], KubernetesObject[]];
const scaled = (objects: KubernetesObject[], name: string) =>
  named(objects, 'ScaledObject', name)['spec'] as { triggers: Trigger[]; fallback: object };
const triggersOf = (objects: KubernetesObject[], name: string, type: string): Trigger[] =>
  scaled(objects, name).triggers.filter((one) => one.type === type);

describe('autoscaling of the chart', () => {
  it('scales gateways down slowly, by one a minute after a quarter of an hour', () => {
    const slow = { stabilizationWindowSeconds: 900, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] };
    expect(named(everything, 'HorizontalPodAutoscaler', 'gateway')['spec']).toMatchObject({ behavior: { scaleDown: slow } });
    expect(scaled(keda, 'gateway')).toMatchObject({ advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleDown: slow } } } });
  });

  it('leaves the number of pods to the autoscaler', () => {
    expect(named(everything, 'Deployment', 'gateway')['spec']).not.toHaveProperty('replicas');
    expect(named(everything, 'Deployment', 'cdr')['spec']).toMatchObject({ replicas: 2 });
  });

  it('is of one engine: where there is a ScaledObject, there is no HPA of the same pods', () => {
    const scalersOf = (objects: KubernetesObject[]) =>
      objects
        .filter(({ kind }) => ['ScaledObject', 'HorizontalPodAutoscaler'].includes(kind))
        .map(({ kind, metadata }) => `${kind} ${metadata.name.replace('charge-voltbus-', '')}`)
        .sort();
    expect(scalersOf(everything)).toEqual(['HorizontalPodAutoscaler api', 'HorizontalPodAutoscaler gateway']);
    expect(scalersOf(keda)).toEqual(['ScaledObject cdr', 'ScaledObject gateway', 'ScaledObject transaction']);
    expect(scalersOf(render(OWN))).toEqual([]);
  });

  it('goes by metrics that exist', () => {
    const page = readFileSync(join(ROOT, 'docs/reference/metrics.md'), 'utf8');
    const scaling = JSON.stringify(keda) + JSON.stringify(everything.filter(({ kind }) => kind === 'HorizontalPodAutoscaler'));
    const used = [...scaling.matchAll(/\bcsms_[a-z_]+\b/g)].map(([name]) => name);
    expect(used.length).toBeGreaterThan(2);
    expect(used.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it.each([
    ['lag without KEDA', { cdr: { autoscaling: { enabled: true, lag: 10 } } }, /needs engine keda/],
    ['nothing', { api: { autoscaling: { enabled: true, cpu: 0 } } }, /nothing to go by/],
    ['both engines', { gateway: { autoscaling: { enabled: true, engine: 'both' } } }, /engine/],
  ])('refuses to go by %s', (_what, values, message) => {
    withValues({ ...OWN, ...values }, (file) => expect(helmFails(['template', 'x', CHART, '-f', file])).toMatch(message));
  });
});

describe('KEDA that asks Prometheus', () => {
  it('counts the connections of this release alone, and takes a metric that is gone for an error', () => {
    const [connections] = triggersOf(keda, 'gateway', 'prometheus');
    expect(connections?.metadata).toEqual({
      serverAddress: 'http://prometheus-operated.monitoring.svc:9090',
      query: 'sum(csms_gateway_connections{namespace="ocpp",pod=~"charge-voltbus-gateway-.*"})',
      ...{ threshold: '4000', ignoreNullValues: 'false' },
    });
    expect(scaled(keda, 'gateway').fallback).toEqual({ failureThreshold: 3, replicas: 2, behavior: 'currentReplicasIfHigher' });
    expect(scaled(openKafka, 'gateway').fallback).toEqual({ failureThreshold: 3, replicas: 2 });
  });

  it('is let in by a TriggerAuthentication of the user', () => {
    expect(triggersOf(onKafka, 'gateway', 'prometheus')[0]).toMatchObject({
      metadata: { authModes: 'bearer' },
      authenticationRef: { name: 'prometheus' },
    });
    expect(triggersOf(keda, 'gateway', 'prometheus')[0]).not.toHaveProperty('authenticationRef');
  });
});

describe('KEDA that asks Kafka', () => {
  it('looks at the groups of each worker that handle what stations send, and at no metric of Prometheus', () => {
    for (const worker of ['router', 'transaction', 'cdr', 'device-config', 'webhooks']) {
      const triggers = triggersOf(onKafka, worker, 'kafka').map(({ metadata }) => metadata);
      expect(triggers.length).toBeGreaterThan(0);
      expect(triggersOf(onKafka, worker, 'prometheus')).toEqual([]);
      for (const { topic, consumerGroup = '', lagThreshold } of triggers) {
        const [group, ...topics] = consumerGroup.split(':');
        expect({ group, topic, lagThreshold }).toEqual({
          group: worker,
          topic: topics.length === 1 ? topics[0] : undefined,
          lagThreshold: '5000',
        });
        const read = TOPICS.filter(({ readers }) => (readers as readonly string[]).includes(worker)).map(({ name }) => name);
        expect(topics.filter((one) => !read.includes(one))).toEqual([]);
      }
    }
  });

  it('is let in by the Secrets of the workers, which only a TriggerAuthentication names', () => {
    const [trigger] = triggersOf(onKafka, 'cdr', 'kafka');
    expect(trigger?.metadata).toMatchObject({ tls: 'enable', sasl: 'scram_sha512', bootstrapServers: OWN.kafka.brokers.join() });
    expect(trigger?.authenticationRef).toEqual({ name: 'charge-voltbus-kafka' });
    expect(named(onKafka, 'TriggerAuthentication', 'kafka')['spec']).toEqual({
      secretTargetRef: [
        { parameter: 'ca', name: 'kafka-tls', key: 'ca.crt' },
        { parameter: 'cert', name: 'kafka-tls', key: 'tls.crt' },
        { parameter: 'key', name: 'kafka-tls', key: 'tls.key' },
        { parameter: 'password', name: 'kafka-user', key: 'password' },
      ],
      env: [{ parameter: 'username', name: 'VOLTBUS_KAFKA_SASL_USERNAME' }],
    });
  });

  it.each([
    ['plain', 'plaintext'],
    ['scram-sha-256', 'scram_sha256'],
  ])('names the mechanism %s as KEDA does', (mechanism, sasl) => {
    const kafka = { ...OWN.kafka, sasl: { mechanism, username: 'u', existingSecret: 's' } };
    const cdr = { autoscaling: { enabled: true, engine: 'keda', lag: 10 } };
    const objects = render({ ...OWN, kafka, cdr, keda: { lagFrom: 'kafka' } });
    expect(triggersOf(objects, 'cdr', 'kafka')[0]?.metadata).toMatchObject({ sasl, tls: 'disable' });
  });

  it('has no TriggerAuthentication where Kafka wants none, and where nothing is scaled by lag', () => {
    expect(triggersOf(openKafka, 'cdr', 'kafka')[0]).toMatchObject({ metadata: { sasl: 'none', tls: 'disable' } });
    for (const objects of [openKafka, keda]) expect(objects.filter(({ kind }) => kind === 'TriggerAuthentication')).toEqual([]);
  });

  it.each([
    ['tokens that it cannot make', { sasl: { mechanism: 'oauthbearer', tokenProvider: '/p.mjs' } }, /cannot make the tokens/],
    ['a name that it cannot check', { tls: { enabled: true, serverName: 'kafka.example' } }, /knows no kafka\.tls\.serverName/],
  ])('refuses a Kafka with %s', (_what, kafka, message) => {
    const cdr = { autoscaling: { enabled: true, engine: 'keda', lag: 10 } };
    const values = { ...OWN, kafka: { ...OWN.kafka, ...kafka }, cdr, keda: { lagFrom: 'kafka' } };
    withValues(values, (file) => expect(helmFails(['template', 'x', CHART, '-f', file])).toMatch(message));
  });
});
