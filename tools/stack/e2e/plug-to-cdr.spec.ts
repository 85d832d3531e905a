import { CDRS, PUBLIC_TOPICS, SECURITY_EVENTS, type Cdr, type SecurityEvent } from '@voltbus/contracts';
import {
  Api,
  ForeignStation,
  OtlpReceiver,
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

beforeAll(async () => {
  receiver = await OtlpReceiver.start();
  stack = await startStack({ gateways: 2, env: { VOLTBUS_OTLP_ENDPOINT: receiver.endpoint, VOLTBUS_TRACE_RATIO: '1' } });
});
afterAll(async () => {
  await stack?.stop();
  await receiver?.close();
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

describe('the cluster, a process per service, on Kafka, Redis and Postgres', () => {
  provePlugToCdr(shape, shape);
  proveGroupPrices(shape);
  proveEventStream(shape);

  it('publishes what endangers a station, and lists it', async () => {
    const { api, ocppUrls } = shape();
    const ref = { url: `${ocppUrls[1]}/default`, station: 'proof-tampered', protocol: 'ocpp2.0.1' } as const;
    const password = await prepare(api, [ref.station], 'PROOF-TAG');
    await expect(ForeignStation.connect({ ...ref, password: 'a wrong password' })).rejects.toThrow();
    const station = await ForeignStation.connect({ ...ref, password });
    await boot(station);
    await station.call('SecurityEventNotification', { type: 'TamperDetectionActivated', timestamp: new Date().toISOString() });
    await station.close();
    const { body } = await eventually(
      () => api.get<{ items: SecurityEvent[] }>(`/v1/security-events?station=${ref.station}&sort=at`),
      ({ body: { items } }) => items.length === 2,
    );
    expect(body.items.map(({ type, severity }) => `${type} ${severity}`).sort()).toEqual([
      'TamperDetectionActivated critical',
      'wrong-credentials warning',
    ]);
    const published = await eventually(
      async () =>
        (await readTopic(stack.facts().kafka.brokers, SECURITY_EVENTS.name)).filter(({ key }) => key === `default/${ref.station}`),
      (records) => records.length === 2,
    );
    expect(published.map(({ value }) => JSON.parse(value) as SecurityEvent).sort((one, other) => one.at.localeCompare(other.at))).toEqual(
      body.items,
    );
  });

  proveTraces(() => ({ ...shape(), brokers: stack.facts().kafka.brokers, adminKey: stack.facts().adminKey, receiver }));

  it.each(PUBLIC_TOPICS.map(({ topic }) => topic.name))('keeps the contract of %s with every record of these tests', async (name) => {
    const records = await readTopic(stack.facts().kafka.brokers, name); // throws when a record breaks the contract
    expect(records.length).toBeGreaterThan(0);
  });
});
