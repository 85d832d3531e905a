import { z } from 'zod';
import { cdrCostSchema, cdrPeriodSchema, cdrReviewSchema, tariffSchema } from './cdr';
import { schemaUrn } from './cloud-event';
import { commandErrorSchema } from './commands';
import type { PublicEvent } from './public-topics';
import { byHandSchema, transactionPeriodSchema } from './transaction';

/** The parts of public values that have a name of their own, which generators take for their types. */
const PART_NAMES: ReadonlyMap<z.core.$ZodType, string> = new Map<z.core.$ZodType, string>([
  [tariffSchema, 'Tariff'],
  [cdrCostSchema, 'CdrCost'],
  [cdrPeriodSchema, 'CdrPeriod'],
  [cdrReviewSchema, 'CdrReview'],
  [transactionPeriodSchema, 'TransactionPeriod'],
  [byHandSchema, 'OperatorDecision'],
  [commandErrorSchema, 'CommandError'],
]);

/** What zod knows of each schema, with the names of the parts. The value itself is the root and has none. */
class PartRegistry extends z.core.$ZodRegistry<Record<string, unknown>> {
  constructor(private readonly root: z.core.$ZodType) {
    super();
  }

  override get(schema: z.core.$ZodType): Record<string, unknown> | undefined {
    const { id: _id, ...meta } = z.globalRegistry.get(schema) ?? {};
    const name = schema === this.root ? undefined : PART_NAMES.get(schema);
    return name === undefined ? meta : { ...meta, id: name, title: name };
  }
}

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
    metadata: new PartRegistry(value),
    // of a plain object zod closes the output and leaves the input open
    io: strictness === 'promised' ? 'input' : 'output',
    override: ({ jsonSchema }) => {
      // the format has the same meaning, and more tools read it
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
    },
  });
  const root = { title: typeName(schema), ...generated };
  for (const part of [root, ...Object.values(partsOf(root))]) nameEnums(part);
  return root;
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

/** The JSON Schema (draft 2020-12) of what is on a public topic; its `$id` is the `ce_dataschema` of the events. */
export function publicSchema(event: Pick<PublicEvent, 'schema' | 'value'>, strictness: Strictness): object {
  const { $schema, ...rest } = schemaOfValue(event, { draft: 'draft-2020-12', strictness });
  return { $schema, $id: schemaUrn(event.schema), ...rest };
}

/** `transaction-ended` as `TransactionEnded`, `Cdr-tariffFrom` as `CdrTariffFrom`. */
export function typeName(name: string): string {
  return name.replace(/(?:^|[^a-zA-Z])([a-zA-Z])/g, (_match, letter: string) => letter.toUpperCase());
}
