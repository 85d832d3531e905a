import { z } from 'zod';
import { schemaUrn } from './cloud-event';
import type { PublicEvent } from './public-topics';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The readers' view is open: fields may be added. The writers' knows every field there is: an undeclared one must not be published. */
type Strictness = 'promised' | 'declared';

/** A value as a JSON Schema of a draft, its named parts below `$defs` (2020-12) or `definitions` (7). */
export function schemaOfValue(
  { schema, value }: Pick<PublicEvent, 'schema' | 'value'>,
  { draft, strictness }: { draft: 'draft-7' | 'draft-2020-12'; strictness: Strictness },
): JsonSchema {
  const generated = z.toJSONSchema(value, {
    target: draft,
    // of a plain object zod closes the output and leaves the input open
    io: strictness === 'promised' ? 'input' : 'output',
    override: ({ jsonSchema }) => {
      // the format has the same meaning, and more tools read it
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
    },
  });
  const root = { title: typeName(schema), ...inPlace(generated) };
  for (const [name, part] of Object.entries(partsOf(root))) part.title ??= name;
  for (const part of [root, ...Object.values(partsOf(root))]) nameEnums(part);
  return root;
}

/** A value with an id is a reference to its definition; it stands in place instead. */
function inPlace({ $ref, ...schema }: JsonSchema): JsonSchema {
  const name = $ref?.split('/').at(-1) ?? '';
  const { [name]: outermost, ...others } = partsOf(schema);
  const parts = schema.$defs === undefined ? 'definitions' : '$defs';
  if (Object.keys(others).length > 0) return { ...schema, ...outermost, [parts]: others };
  const { [parts]: _none, ...rest } = schema;
  return { ...rest, ...outermost };
}

/** The JSON Schema (draft 2020-12) of what is on a public topic; its `$id` is the `ce_dataschema` of the events. */
export function publicSchema(event: Pick<PublicEvent, 'schema' | 'value'>, strictness: Strictness): object {
  const { $schema, ...rest } = schemaOfValue(event, { draft: 'draft-2020-12', strictness });
  return { $schema, $id: schemaUrn(event.schema), ...rest };
}

/** The named parts of a schema of either draft. */
export function partsOf({ $defs, definitions }: JsonSchema): Record<string, JsonSchema> {
  return { ...$defs, ...(definitions as Record<string, JsonSchema> | undefined) }; // draft 7 has them there
}

/** Gives each enum a title of its owner's name and its member's, since generators make a type of it. */
function nameEnums({ title = '', properties = {} }: JsonSchema): void {
  for (const [name, property] of Object.entries(properties)) {
    const member = property as JsonSchema; // zod writes no boolean schema for a member
    for (const one of [member, ...((member.anyOf ?? []) as JsonSchema[])])
      if (one.enum !== undefined) one.title = typeName(`${title}-${name}`);
  }
}

/** `transaction-ended` as `TransactionEnded`, `Cdr-tariffFrom` as `CdrTariffFrom`. */
export function typeName(name: string): string {
  return name.replace(/(?:^|[^a-zA-Z])([a-zA-Z])/g, (_match, letter: string) => letter.toUpperCase());
}
