import type { z } from 'zod';
import { schemaUrn, sourceOf, type CloudEvent } from './cloud-event';
import { stationKey, type StationRef } from './ids';
import type { Topic } from './topic';

/** One kind of event of a topic: its `ce_type` and the schema of its value. Publishers and subscribers name it, never the topic's name or the type. */
export interface EventType<T = unknown, Type extends string | null = string | null> {
  readonly topic: Topic;
  /** `ce_type`; null: the topic has one kind of record, which carries no CloudEvents headers. */
  readonly type: Type;
  readonly schema: z.ZodType<T>;
  /** Of a public event: the name under which its value's JSON Schema is published. */
  readonly schemaName?: string;
}

/** Event types of a topic by short name, as `withEvents` is given them. */
type EventDeclarations = Readonly<Record<string, readonly [type: string | null, schema: z.ZodType, schemaName?: string]>>;

/** A topic that carries its event types. */
type EventTopic<D extends EventDeclarations> = Topic & {
  readonly events: { readonly [Name in keyof D]: EventType<z.output<D[Name][1]>, D[Name][0]> };
};

/** Binds event types to their topic: the `topic` of each is the object that is returned. */
export function withEvents<const D extends EventDeclarations>(topic: Topic, declarations: D): EventTopic<D> {
  const events: Record<string, EventType> = {};
  const declared = { ...topic, events };
  for (const [name, [type, schema, schemaName]] of Object.entries(declarations))
    events[name] = { topic: declared, type, schema, ...(schemaName === undefined ? {} : { schemaName }) };
  return declared as unknown as EventTopic<D>; // each name has the type and the schema it was declared with
}

/** What an event type and its occasion give of the CloudEvents attributes: all but the source, which the publishing installation adds. */
export type EventAttributes = Omit<CloudEvent, 'source'>;

/** The attributes of an event about a station, or about its tenant (`NO_STATION`). */
export function attributesOf(
  { type, schemaName }: Pick<EventType<unknown, string>, 'type' | 'schemaName'>,
  { id, ref, time }: { id: string; ref: StationRef; time: string },
): EventAttributes {
  const dataschema = schemaName === undefined ? {} : { dataschema: schemaUrn(schemaName) };
  return { id, type, time, subject: stationKey(ref), tenant: ref.tenant, ...dataschema };
}

/** The whole CloudEvent, as this installation publishes it. Its source names the topic's owner. */
export function cloudEventOf(
  type: EventType<unknown, string>,
  { installation, ...occasion }: { installation: string; id: string; ref: StationRef; time: string },
): CloudEvent {
  return { ...attributesOf(type, occasion), source: sourceOf(installation, type.topic.owner) };
}
