import { PUBLIC_TOPICS, type PublicTopic } from './public-topics';
import { INTERNAL_PREFIX, type Topic } from './topic';
import { CONSUMER_KINDS, consumerGrants, serviceGrants, type Grant } from './topic-grants';
import { TOPICS } from './topics';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** `docs/reference/topics.md`: every topic, and the rights to grant. */
export function topicsPage(): string {
  return `# Topics

<!-- by \`npm run docs:asyncapi\` from libs/contracts/src/topics.ts, public-topics.ts and topic-grants.ts -->

Everything between the processes goes over topics. Some of them are promised to other teams:

- **Public topics** keep their contract ([AsyncAPI](asyncapi.json), also at \`/asyncapi.json\` of the API; a JSON Schema of each value): within a
  version members are only added.
- **Internal topics** are called \`${INTERNAL_PREFIX}…\`. They carry what may change from one release to the next, and things that nobody else should
  see. Grant no one the right to read them: use the API, the [event stream](../how-to/follow-events.md) or a public topic.

Each record is \`<tenant>/<station>\` by its key (\`<tenant>/-\` where it is about a tenant), and order holds for each key. Two topics differ:
\`csms.internal.ocpp.downlink.v1\` is read by partition, and the keys of \`csms.internal.frames.v1\` count up. Every topic has
\`cleanup.policy=delete\`, is created by the set-up process (standalone: by itself) and keeps its number of partitions, since a station must stay
in its own. That of keyed topics is 48 unless \`VOLTBUS_TOPIC_PARTITIONS\` says otherwise ([how to change it](../how-to/change-the-number-of-partitions.md)).
Replication is \`VOLTBUS_TOPIC_REPLICATION\`.

## Public topics

| topic | partitions | kept for | written by | |
| --- | --- | --- | --- | --- |
${PUBLIC_TOPICS.map(publicRow).join('\n')}

| \`ce_type\` | topic | schema (\`ce_dataschema\`) | published when |
| --- | --- | --- | --- |
${PUBLIC_TOPICS.flatMap(eventRows).join('\n')}

A schema \`urn:voltbus:schema:<name>:v1\` is served by the API at \`/schemas/<name>/v1.json\`, without a key
([why a URN](../adr/0071-events-name-their-schema-by-urn-and-their-installation-in-the-source.md)). \`ce_source\` is
\`/voltbus/<VOLTBUS_INSTALLATION>/<service>\`. **An event is the same event if \`ce_source\` and \`ce_id\` are the same**: where the events of several
installations meet, \`ce_id\` alone is not enough.

## Internal topics

| topic | partitions | kept for | written by | read by |
| --- | --- | --- | --- | --- |
${TOPICS.filter(({ name }) => name.startsWith(INTERNAL_PREFIX))
  .map(internalRow)
  .join('\n')}

## Rights to grant

Where Kafka has an authorizer, each process needs the rights below and no others. A principal is named here like its process; put your own names in.
(Until processes have principals of their own, all of them need the sum.) \`$KAFKA\` stands for
\`kafka-acls.sh --bootstrap-server <broker> --command-config <file with the credentials of an administrator>\`.

### Programs of other teams

A kind of program reads some public topics with groups whose names begin with its own. Nobody but Voltbus writes to a topic of Voltbus.

| kind | for | reads |
| --- | --- | --- |
${CONSUMER_KINDS.map(({ name, purpose, topics }) => `| \`${name}\` | ${purpose} | ${codes(topics.map((topic) => topic.name))} |`).join('\n')}

\`\`\`sh
${CONSUMER_KINDS.flatMap(consumerGrants).map(command).join('\n')}
\`\`\`

### The processes of Voltbus

\`\`\`sh
${serviceGrants().map(command).join('\n')}
\`\`\`

The API may write to every topic because it replays dead letters to the topic that they came from.
`;
}

function publicRow({ topic, about }: PublicTopic): string {
  return `| \`${topic.name}\` | ${topic.partitions} | ${keptFor(topic)} | ${topic.writers.join(', ')} | ${about} |`;
}

function eventRows({ topic, events }: PublicTopic): string[] {
  return events.map(
    ({ type, schema, published }) => `| \`${type}\` | \`${topic.name}\` | [\`${schema}\`](schemas/${schema}.json) | ${published} |`,
  );
}

function internalRow(topic: Topic): string {
  return `| \`${topic.name}\` | ${topic.partitions} | ${keptFor(topic)} | ${topic.writers.join(', ')} | ${topic.readers.join(', ')} |`;
}

function keptFor({ retentionMs }: Topic): string {
  return retentionMs >= DAY_MS ? `${retentionMs / DAY_MS} days` : `${retentionMs / HOUR_MS} h`;
}

function codes(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function command({ principal, resource, name, prefixed, operations }: Grant): string {
  const pattern = prefixed ? ' --resource-pattern-type prefixed' : '';
  return `$KAFKA --add --allow-principal User:${principal} ${operations.map((one) => `--operation ${one}`).join(' ')} --${resource} ${name}${pattern}`;
}
