import { CDRS, PUBLIC_TOPICS, type Cdr } from '@voltbus/contracts';
import {
  Api,
  OtlpReceiver,
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
  proveTraces(() => ({ ...shape(), brokers: stack.facts().kafka.brokers, adminKey: stack.facts().adminKey, receiver }));

  it.each(PUBLIC_TOPICS.map(({ topic }) => topic.name))('keeps the contract of %s with every record of these tests', async (name) => {
    const records = await readTopic(stack.facts().kafka.brokers, name); // throws when a record breaks the contract
    expect(records.length).toBeGreaterThan(0);
  });
});
