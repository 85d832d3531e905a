import { CDRS, PUBLIC_TOPICS, type Cdr } from '@voltbus/contracts';
import {
  Api,
  proveGroupPrices,
  proveEventStream,
  provePlugToCdr,
  readTopic,
  startStack,
  type ProofShape,
  type Stack,
} from '@voltbus/testing';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ gateways: 2 });
});
afterAll(() => stack?.stop());

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

  it.each(PUBLIC_TOPICS.map(({ topic }) => topic.name))('keeps the contract of %s with every record of these tests', async (name) => {
    const records = await readTopic(stack.facts().kafka.brokers, name); // throws when a record breaks the contract
    expect(records.length).toBeGreaterThan(0);
  });
});
