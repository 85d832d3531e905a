import type { z } from 'zod';
import type { Topic } from './topic';

/** One kind of event of a topic: its `ce_type` and the schema of its value. Publishers and subscribers name it, never the topic's name or the type. */
export interface EventType<T = unknown> {
  readonly topic: Topic;
  /** `ce_type`; null: the topic has one kind of record, which carries no CloudEvents headers. */
  readonly type: string | null;
  readonly schema: z.ZodType<T>;
}

/** Event types of a topic by short name, as `declareTopic` is given them. */
type EventDeclarations = Readonly<Record<string, readonly [type: string | null, schema: z.ZodType]>>;

/** A topic that carries its event types. */
type EventTopic<D extends EventDeclarations> = Topic & {
  readonly events: { readonly [Name in keyof D]: EventType<z.output<D[Name][1]>> };
};

/** Binds event types to their topic. */
export function withEvents<const D extends EventDeclarations>(topic: Topic, declarations: D): EventTopic<D> {
  const events = Object.fromEntries(Object.entries(declarations).map(([name, [type, schema]]) => [name, { topic, type, schema }]));
  // each name has the schema it was declared with
  return { ...topic, events: events as EventTopic<D>['events'] };
}
