import { CDRS, PUBLIC_TOPICS, SECURITY_EVENTS, type Cdr, type SecurityEvent } from '@voltbus/contracts';
import {
  Api,
  ForeignStation,
  OtlpReceiver,
  WebhookReceiver,
  boot,
  eventually,
  prepare,
  proveGroupPrices,
  proveEventStream,
  provePlugToCdr,
  proveTraces,
  readTopic,
  startStack,
  type ProofShape,
  type Stack,
} from '@voltbus/testing';

let stack: Stack;
let receiver: OtlpReceiver;
let webhooks: WebhookReceiver;

beforeAll(async () => {
  [receiver, webhooks] = await Promise.all([OtlpReceiver.start(), WebhookReceiver.start()]);
  const env = { VOLTBUS_OTLP_ENDPOINT: receiver.endpoint, VOLTBUS_TRACE_RATIO: '1', ...webhooks.env };
  stack = await startStack({ gateways: 2, env });
});
afterAll(async () => {
  await stack?.stop();
  await receiver?.close();
  await webhooks?.close();
});

const shape = (): ProofShape => {
  const { apiUrl, adminKey, gateways, kafka } = stack.facts();
  return {
    api: new Api(apiUrl, adminKey),
    ocppUrls: gateways.map(({ ocppUrl }) => ocppUrl),
    cdrsOnTopic: async (station) =>
      (await readTopic(kafka.brokers, CDRS.name))
        .filter(({ key }) => key === `default/${station}`)
        .map(({ value }) => JSON.parse(value) as Cdr),
  };
};

/** N07: a component of the station has a problem. */
function problem(): Record<string, unknown> {
  const now = new Date().toISOString();
  const event = { eventId: 1, timestamp: now, trigger: 'Alerting', actualValue: 'true', eventNotificationType: 'HardWiredNotification' };
  const connector = { component: { name: 'Connector', evse: { id: 1, connectorId: 1 } }, variable: { name: 'Problem' } };
  return { generatedAt: now, seqNo: 0, eventData: [{ ...event, ...connector }] };
}

describe('the cluster, a process per service, on Kafka, Redis and Postgres', () => {
  provePlugToCdr(shape, shape);
  proveGroupPrices(shape);
  proveEventStream(shape);

  it('publishes what endangers a station, lists it, and posts it to a webhook, also after a refusal', async () => {
    const { api, ocppUrls } = shape();
    const ref = { url: `${ocppUrls[1]}/default`, station: 'proof-tampered', protocol: 'ocpp2.0.1' } as const;
    const password = await prepare(api, [ref.station], 'PROOF-TAG');
    const webhook = { url: webhooks.url, events: ['voltbus.security-event.recorded'] };
    const { body: made } = await api.put<{ secret: string }>('/v1/webhooks/proof-siem', webhook);
    webhooks.refuseNext(1);
    await expect(ForeignStation.connect({ ...ref, password: 'a wrong password' })).rejects.toThrow();
    const station = await ForeignStation.connect({ ...ref, password });
    await boot(station);
    await station.call('SecurityEventNotification', { type: 'TamperDetectionActivated', timestamp: new Date().toISOString() });
    await station.call('NotifyEvent', problem());
    await station.close();
    const { body } = await eventually(
      () => api.get<{ items: SecurityEvent[] }>(`/v1/security-events?station=${ref.station}&sort=at`),
      ({ body: { items } }) => items.length === 2,
    );
    expect(body.items.map(({ type, severity }) => `${type} ${severity}`).sort()).toEqual([
      'TamperDetectionActivated critical',
      'wrong-credentials warning',
    ]);
    const records = await eventually(
      async () =>
        (await readTopic(stack.facts().kafka.brokers, SECURITY_EVENTS.name)).filter(({ key }) => key === `default/${ref.station}`),
      ({ length }) => length === 2,
    );
    const published = records.map(({ value }) => JSON.parse(value) as SecurityEvent);
    expect([...published].sort((one, other) => one.at.localeCompare(other.at))).toEqual(body.items);
    await eventually(
      () => Promise.resolve(webhooks.taken),
      ({ length }) => length === 2,
    );
    expect(webhooks.taken.map(({ signed }) => signed(made.secret))).toEqual([true, true]);
    const posted = webhooks.taken.map(({ body: event }) => JSON.parse(event) as { data: SecurityEvent });
    expect(posted.map(({ data }) => data)).toEqual(published); // in their order
  });

  proveTraces(() => ({ ...shape(), brokers: stack.facts().kafka.brokers, adminKey: stack.facts().adminKey, receiver }));

  it.each(PUBLIC_TOPICS.map(({ topic }) => topic.name))('keeps the contract of %s with every record of these tests', async (name) => {
    const records = await readTopic(stack.facts().kafka.brokers, name); // throws when a record breaks the contract
    expect(records.length).toBeGreaterThan(0);
  });
});
