import type { EventExample } from './examples/event-example';
import { EVENT_EXAMPLES } from './examples/event-examples';
import { partsOf, publicSchema, schemaOfValue, typeName } from './public-schemas';
import { PUBLIC_TOPICS, type PublicEvent, type PublicTopic } from './public-topics';
import type { Topic } from './topic';

const DAY_MS = 86_400_000;
const COMPONENTS = '#/components/schemas/';

/** The files that tell other teams what is on the public topics: path below `docs/reference/` and content. */
export function publicContracts(): ReadonlyMap<string, object> {
  const schemas = [...publicSchemas()].map(([name, schema]) => [`schemas/${name}.json`, schema] as const);
  return new Map<string, object>([...schemas, ['asyncapi.json', asyncApi()]]);
}

/** The JSON Schemas of the values of public events, by name. */
export function publicSchemas(): ReadonlyMap<string, object> {
  const events = PUBLIC_TOPICS.flatMap((topic) => topic.events);
  return new Map(events.map((event) => [event.schema, publicSchema(event, 'promised')]));
}

/** The AsyncAPI document of the public topics. It is whole: it refers to nothing outside itself. */
export function asyncApi(): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Voltbus events',
      version: '1.0.0',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      description:
        'CloudEvents 1.0 in Kafka binary mode: the attributes are the `ce_*` headers, the value is JSON. The key of every record is ' +
        '`<tenant>/<station>`; order holds per key and nowhere else. At least once: a repeat has the same `ce_source` and `ce_id`. Within a version ' +
        'fields are only added: ignore what you do not know. An enum is complete; flags and reasons may get new values. ' +
        'How to read them: docs/how-to/consume-cdrs.md.',
    },
    defaultContentType: 'application/json',
    servers: {
      kafka: { host: '{brokers}', protocol: 'kafka', variables: { brokers: { description: 'VOLTBUS_KAFKA_BROKERS of the installation' } } },
    },
    channels: byTopic((topic) => topicId(topic.topic), channel),
    operations: byTopic((topic) => `send${typeName(topicId(topic.topic))}`, operation),
    components: {
      schemas: schemas(),
      messages: Object.fromEntries(PUBLIC_TOPICS.flatMap(({ events }) => events.map((event) => [messageId(event), message(event)]))),
      messageTraits: { cloudEvent: { headers: cloudEventHeaders, contentType: 'application/json', bindings: { kafka: { key } } } },
    },
  };
}

function byTopic(idOf: (topic: PublicTopic) => string, part: (topic: PublicTopic) => object): object {
  return Object.fromEntries(PUBLIC_TOPICS.map((topic) => [idOf(topic), part(topic)]));
}

function channel({ topic, about, events }: PublicTopic): object {
  return {
    address: topic.name,
    title: typeName(topicId(topic)),
    description: about,
    messages: Object.fromEntries(events.map((event) => [messageId(event), { $ref: `#/components/messages/${messageId(event)}` }])),
    bindings: {
      kafka: {
        topic: topic.name,
        partitions: topic.partitions,
        topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': topic.retentionMs },
      },
    },
  };
}

/** The operation from the view of Voltbus, which sends. */
function operation({ topic, about }: PublicTopic): object {
  return {
    action: 'send',
    channel: { $ref: `#/channels/${topicId(topic)}` },
    summary: about,
    description: `Kept for ${topic.retentionMs / DAY_MS} days. Written by ${topic.owner}.`,
  };
}

function message(event: PublicEvent): object {
  return {
    name: event.type,
    title: messageId(event),
    summary: event.published,
    traits: [{ $ref: '#/components/messageTraits/cloudEvent' }],
    payload: { $ref: `${COMPONENTS}${typeName(event.schema)}` },
    examples: EVENT_EXAMPLES.filter(({ headers }) => headers.ce_type === event.type).map(({ about, headers, value }: EventExample) => ({
      ...{ name: messageId(event), summary: about, headers, payload: value },
    })),
  };
}

/** Every value and every part of one under its name, in the JSON Schema draft of AsyncAPI. */
function schemas(): object {
  const found: Record<string, object> = {};
  for (const event of PUBLIC_TOPICS.flatMap(({ events }) => events)) {
    const { $schema: _draft, definitions, ...value } = schemaOfValue(event, { draft: 'draft-7', strictness: 'promised' });
    for (const [name, part] of Object.entries({ ...partsOf({ definitions }), [typeName(event.schema)]: value }))
      found[name] = bundled(part);
  }
  return found;
}

/** Refers to the parts as components, and by a bare `$ref`, beside which nothing counts in this draft. */
function bundled(schema: unknown): object {
  const asComponents = (_key: string, value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const { allOf: [only] = [], $ref } = value as { allOf?: { $ref?: string }[]; $ref?: string };
    const target = $ref ?? only?.$ref;
    return target === undefined ? value : { $ref: target.replace('#/definitions/', COMPONENTS) };
  };
  // JSON in, JSON out
  return JSON.parse(JSON.stringify(schema, asComponents)) as object;
}

const text = { type: 'string' };
const key = { type: 'string', description: '`<tenant>/<station>`; a station identity may itself contain slashes' };

const cloudEventHeaders = {
  title: 'CloudEventHeaders',
  type: 'object',
  required: ['ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'ce_time', 'ce_subject', 'ce_tenantid', 'ce_dataschema', 'content-type'],
  properties: {
    ce_specversion: { ...text, const: '1.0' },
    ce_id: { ...text, description: 'Deterministic: a repeat of the event has the same' },
    ce_type: text,
    ce_source: {
      ...text,
      format: 'uri-reference',
      description: '`/voltbus/<installation>/<service>`: store events once under this and `ce_id` together',
    },
    ce_time: { ...text, format: 'date-time', description: 'Time of the event, not of its publication' },
    ce_subject: { ...text, description: 'The key' },
    ce_tenantid: text,
    ce_dataschema: {
      ...text,
      format: 'uri',
      description: '`urn:voltbus:schema:<name>:v1`, the `$id` of the JSON Schema at `/schemas/<name>/v1.json` of the HTTP API',
    },
    ce_traceparent: { ...text, description: 'W3C traceparent of what made the event, while Voltbus records traces' },
    ce_billedrevision: { ...text, description: 'On a CDR that is published again: late data up to this revision left the bill as it is' },
    'content-type': { ...text, const: 'application/json' },
  },
};

/** `csms.command-results.v1` as `commandResultsV1`: the prefix tells nobody anything. */
function topicId({ name }: Topic): string {
  const id = typeName(name.replace('csms.', ''));
  return id.charAt(0).toLowerCase() + id.slice(1);
}

/** `voltbus.cdr.issued` as `CdrIssued`. */
function messageId({ type }: PublicEvent): string {
  return typeName(type.replace('voltbus.', ''));
}
