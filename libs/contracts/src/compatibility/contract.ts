import { publicSchema } from '../public-schemas';
import { PUBLIC_TOPICS } from '../public-topics';
import { refusals, type Schema } from './accepts';
import { memberPaths } from './member-paths';

/** What is promised about the public topics, as data: what a release keeps, so that later ones can be compared with it. */
export interface PublicContract {
  topics: readonly { name: string; partitions: number; events: Readonly<Record<string, string>> }[];
  /** What readers were told of each value, by the name of its schema: it is open. */
  promised: Readonly<Record<string, Schema>>;
  /** What is written of each value: every member there is. */
  declared: Readonly<Record<string, Schema>>;
}

/** The contract of the present code. */
export function presentContract(): PublicContract {
  const events = PUBLIC_TOPICS.flatMap((topic) => topic.events);
  const schemas = (strictness: 'promised' | 'declared') =>
    // as JSON, which is how a release keeps it
    Object.fromEntries(events.map((event) => [event.schema, JSON.parse(JSON.stringify(publicSchema(event, strictness))) as Schema]));
  return {
    topics: PUBLIC_TOPICS.map(({ topic: { name, partitions }, events: own }) => ({
      ...{ name, partitions, events: Object.fromEntries(own.map(({ type, schema }) => [type, schema])) },
    })),
    promised: schemas('promised'),
    declared: schemas('declared'),
  };
}

/**
 * Every reason why a contract breaks an earlier one: a reader of the earlier one that meets records of the later one, a reader of the later one that meets
 * records of the earlier one (which are kept for up to 400 days), and what is no longer told at all. Empty for an addition.
 */
export function breaks(before: PublicContract, after: PublicContract): string[] {
  return [...topicBreaks(before, after), ...Object.keys(before.promised).flatMap((name) => schemaBreaks(name, before, after))];
}

function topicBreaks(before: PublicContract, after: PublicContract): string[] {
  return before.topics.flatMap(({ name, partitions, events }) => {
    const now = after.topics.find((topic) => topic.name === name);
    if (now === undefined) return [`${name} is gone`];
    const moved = now.partitions === partitions ? [] : [`${name} has other partitions, so stations move between them`];
    const types = Object.entries(events).filter(([type, schema]) => now.events[type] !== schema);
    return [...moved, ...types.map(([type]) => `${name}: ${type} is gone, or has another schema`)];
  });
}

function schemaBreaks(name: string, before: PublicContract, after: PublicContract): string[] {
  const { [name]: oldReader = {} } = before.promised;
  const { [name]: oldWriter = {} } = before.declared;
  const { [name]: newReader } = after.promised;
  const { [name]: newWriter } = after.declared;
  if (newReader === undefined || newWriter === undefined) return [`${name}: the schema is gone`];
  const kept = memberPaths(newWriter);
  const lost = [...memberPaths(oldWriter)].filter((path) => !kept.has(path));
  return [
    ...refusals(oldReader, newWriter).map((reason) => `${name}, an old reader of new records: ${reason}`),
    ...refusals(newReader, oldWriter).map((reason) => `${name}, a new reader of old records: ${reason}`),
    ...lost.map((path) => `${name}: ${path} is written no more`),
  ];
}
