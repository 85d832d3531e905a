import Ajv from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import specs from '@asyncapi/specs';
import { asyncApi, publicContracts, publicSchemas } from './asyncapi';
import { fromCloudEventHeaders } from './cloud-event';
import { EVENT_EXAMPLES } from './examples/event-examples';
import { publicSchema } from './public-schemas';
import { PUBLIC_TOPICS } from './public-topics';
import { INTERNAL_PREFIX } from './topic';
import { serviceGrants, consumerGrants, CONSUMER_KINDS } from './topic-grants';
import { TOPICS } from './topics';

interface Document {
  channels: Record<string, { address: string; bindings: object; messages: object }>;
  components: {
    schemas: Record<string, object>;
    messages: Record<string, { examples: unknown[]; payload: { $ref: string } }>;
    messageTraits: { cloudEvent: { headers: object } };
  };
}
const document = asyncApi() as Document;
const EVENTS = PUBLIC_TOPICS.flatMap(({ events }) => events);

describe('the AsyncAPI document', () => {
  it('is one, by the schema of AsyncAPI 3.0', () => {
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, validateSchema: false });
    const isValid = ajv.compile(specs.schemasWithoutId['3.0.0']);
    expect([isValid(document), isValid.errors]).toEqual([true, null]);
    expect(isValid({ ...document, channels: { x: { address: 7 } } })).toBe(false);
  });

  it('is whole: it refers to nothing outside itself, and to nothing that is not there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference = '']) => reference);
    expect(references.length).toBeGreaterThan(EVENTS.length);
    for (const reference of references)
      expect([reference, reference.slice(0, 2), resolve(reference)]).toEqual([reference, '#/', expect.anything()]);
  });

  it('names every value, every part that is an object, and every enum, for the types that are generated from it', () => {
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Cdr', 'CdrCost', 'CdrPeriod', 'CdrReview', 'Tariff', 'TransactionEnded', 'CommandError']),
    );
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      expect(schema).toMatchObject({ title: name });
      expect(nameless(schema, true)).toEqual([]);
    }
  });

  it('lists every public topic under its name, with its partitions and its retention, and every event once', () => {
    expect(Object.values(document.channels).map(({ address }) => address)).toEqual(PUBLIC_TOPICS.map(({ topic }) => topic.name));
    for (const { topic, events } of PUBLIC_TOPICS) {
      const channel = Object.values(document.channels).find(({ address }) => address === topic.name);
      expect(channel?.bindings).toMatchObject({
        kafka: { partitions: topic.partitions, topicConfiguration: { 'retention.ms': topic.retentionMs } },
      });
      expect(Object.keys(channel?.messages ?? {})).toHaveLength(events.length);
    }
    for (const { type } of EVENTS) expect(JSON.stringify(document).split(`"name":"${type}"`)).toHaveLength(2);
  });
});

describe('the examples', () => {
  it.each(EVENTS.map((event) => [event.type, event] as const))('show %s with values and headers that keep the contract', (type, event) => {
    const examples = EVENT_EXAMPLES.filter(({ headers }) => headers.ce_type === type);
    expect(examples.length).toBeGreaterThan(0);
    const ajv = withFormats(new Ajv2020({ strict: true, allowUnionTypes: true }));
    const [isDeclared, isDescribed] = [ajv.compile(publicSchema(event, 'declared')), validatorOf(type)];
    const areHeaders = withFormats(new Ajv({ strict: true })).compile(document.components.messageTraits.cloudEvent.headers);
    for (const { headers, value } of examples) {
      expect([isDeclared(value), isDeclared.errors]).toEqual([true, null]);
      expect([isDescribed(value), isDescribed.errors]).toEqual([true, null]);
      expect([areHeaders(headers), areHeaders.errors]).toEqual([true, null]);
      const read = fromCloudEventHeaders(Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])));
      expect(read).toMatchObject({
        type,
        dataschema: (publicSchemas().get(event.schema) as { $id: string }).$id,
        source: expect.stringMatching(/^\/voltbus\/default\/[a-z-]+$/),
      });
    }
  });
});

describe('public and internal topics', () => {
  it('are told apart by name', () => {
    const promised = PUBLIC_TOPICS.map(({ topic }) => topic.name);
    expect(
      TOPICS.map(({ name }) => name)
        .filter((name) => !name.startsWith(INTERNAL_PREFIX))
        .sort(),
    ).toEqual([...promised].sort());
  });

  it('are granted as they are declared, and none but a public one to other teams', () => {
    const granted = (principal: string, operation: string): string[] =>
      serviceGrants()
        .filter((one) => one.principal === principal && one.resource === 'topic' && one.operations.includes(operation))
        .map(({ name }) => name);
    for (const { name, readers, writers, owner } of TOPICS) {
      expect(readers.length).toBeGreaterThan(0);
      for (const reader of readers) expect(granted(reader, 'Read')).toContain(name);
      for (const writer of [...writers, 'api']) expect(granted(writer, 'Write')).toContain(name);
      if (!writers.includes(owner) && owner !== 'gateway') expect(granted(owner, 'Write')).not.toContain(name);
    }
    const reads = CONSUMER_KINDS.flatMap(consumerGrants).filter(({ resource }) => resource === 'topic');
    expect(new Set(reads.map(({ name }) => name))).toEqual(new Set(PUBLIC_TOPICS.map(({ topic }) => topic.name)));
    expect(reads.flatMap(({ operations }) => operations)).not.toContain('Write');
  });

  it('have their schemas beside the document', () => {
    expect([...publicContracts().keys()].sort()).toEqual(
      ['asyncapi.json', ...[...publicSchemas().keys()].map((name) => `schemas/${name}.json`)].sort(),
    );
  });
});

function withFormats<A extends Ajv | Ajv2020>(ajv: A): A {
  addFormats(ajv);
  return ajv;
}

/** By the bundled document, which is of another draft than the schemas. */
function validatorOf(type: string) {
  const message = Object.values(document.components.messages).find((one) => (one as unknown as { name: string }).name === type);
  const ajv = withFormats(new Ajv({ strict: true, allowUnionTypes: true }));
  ajv.addVocabulary(['components']);
  ajv.addSchema({ $id: 'document', components: document.components }, 'document', undefined, false);
  return ajv.compile({ $ref: `document${message?.payload.$ref ?? ''}` });
}

/** Objects with members, and enums, below a schema that have no title. */
function nameless(schema: object, root = false): unknown[] {
  const { title, properties, enum: values } = schema as { title?: string; properties?: object; enum?: unknown[] };
  const mine = !root && title === undefined && (properties !== undefined || values !== undefined) ? [schema] : [];
  return [
    ...mine,
    ...Object.values(schema).flatMap((one: unknown) =>
      typeof one === 'object' && one !== null ? nameless(one, one === properties || Array.isArray(one)) : [],
    ),
  ];
}

function resolve(reference: string): unknown {
  // each step of a JSON pointer goes into an object of the document
  return reference
    .split('/')
    .slice(1)
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
}
