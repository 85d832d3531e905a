import { PUBLIC_TOPICS, publicSchema, type PublicEvent, type PublicTopic } from './public-topics';
import type { Topic } from './topic';

const DAY_MS = 86_400_000;
/** The folder of the JSON Schemas, relative to the document. */
const SCHEMAS = './schemas';

/** The files that tell other teams what is on the public topics: path below `docs/reference/` and content. */
export function publicContracts(): ReadonlyMap<string, object> {
  const events = PUBLIC_TOPICS.flatMap((topic) => topic.events);
  const files = new Map<string, object>(events.map((event) => [`schemas/${event.schema}.json`, publicSchema(event, 'promised')]));
  return files.set('asyncapi.json', asyncApi());
}

function asyncApi(): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Voltbus events',
      version: '1.0.0',
      license: { name: 'Apache-2.0' },
      description:
        'CloudEvents 1.0 in Kafka binary mode: the attributes are the `ce_*` headers, the value is JSON. The key of every record is ' +
        '`<tenant>/<station>`; order holds per key and nowhere else. At least once: a repeat has the same `ce_id`. Within a version fields are ' +
        'only added: ignore what you do not know. An enum is complete; flags and reasons may get new values. How to read them: docs/how-to/consume-cdrs.md.',
    },
    defaultContentType: 'application/json',
    servers: {
      kafka: { host: '{brokers}', protocol: 'kafka', variables: { brokers: { description: 'VOLTBUS_KAFKA_BROKERS of the installation' } } },
    },
    channels: byTopic(channel),
    operations: byTopic(operation),
    components: {
      messages: Object.fromEntries(PUBLIC_TOPICS.flatMap(({ events }) => events.map((event) => [nameOf(event), message(event)]))),
      messageTraits: { cloudEvent: { headers: cloudEventHeaders, contentType: 'application/json', bindings: { kafka: { key } } } },
    },
  };
}

function byTopic(part: (topic: PublicTopic) => object): object {
  return Object.fromEntries(PUBLIC_TOPICS.map((topic) => [idOf(topic.topic), part(topic)]));
}

function channel({ topic, about, events }: PublicTopic): object {
  return {
    address: topic.name,
    description: about,
    messages: Object.fromEntries(events.map((event) => [nameOf(event), { $ref: `#/components/messages/${nameOf(event)}` }])),
    bindings: {
      kafka: { partitions: topic.partitions, topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': topic.retentionMs } },
    },
  };
}

/** The operation from the view of Voltbus, which sends. */
function operation({ topic, about }: PublicTopic): object {
  return {
    action: 'send',
    channel: { $ref: `#/channels/${idOf(topic)}` },
    summary: about,
    description: `Kept for ${topic.retentionMs / DAY_MS} days. Written by ${topic.owner}.`,
  };
}

function message(event: PublicEvent): object {
  return {
    name: event.type,
    title: event.type,
    summary: event.published,
    traits: [{ $ref: '#/components/messageTraits/cloudEvent' }],
    payload: { schemaFormat: 'application/schema+json;version=draft-2020-12', schema: { $ref: `${SCHEMAS}/${event.schema}.json` } },
  };
}

const text = { type: 'string' };
const key = { type: 'string', description: '`<tenant>/<station>`; a station identity may itself contain slashes' };

const cloudEventHeaders = {
  type: 'object',
  required: ['ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'ce_time', 'ce_subject', 'ce_tenantid', 'content-type'],
  properties: {
    ce_specversion: { const: '1.0' },
    ce_id: { ...text, description: 'Deterministic: a repeat of the event has the same' },
    ce_type: text,
    ce_source: { ...text, description: '`/voltbus/<service>`' },
    ce_time: { ...text, format: 'date-time', description: 'Time of the event, not of its publication' },
    ce_subject: { ...text, description: 'The key' },
    ce_tenantid: text,
    ce_billedrevision: { ...text, description: 'On a CDR that is published again: late data up to this revision left the bill as it is' },
    'content-type': { const: 'application/json' },
  },
};

/** `csms.cdrs.v1` is `cdrs.v1`: the prefix tells nobody anything. */
function idOf({ name }: Topic): string {
  return name.replace('csms.', '');
}

function nameOf({ type }: PublicEvent): string {
  return type.replace('voltbus.', '');
}
