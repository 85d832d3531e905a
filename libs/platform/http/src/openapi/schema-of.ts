import { z } from 'zod';
import type { JsonSchema } from './json-schema';
import { mapSchema } from './json-schema';
import { portableSchema } from './portable-schema';

/** Where a schema stands: what clients send is closed, what they are answered may get members later. */
export type Direction = 'request' | 'answer';

/**
 * A zod schema as OpenAPI 3.1 has it. Schemas with an id, `.meta({ id: 'Station' })`, stand under `$defs` and are referred to, the outermost one too;
 * `nameSchemas` makes them components.
 */
export function schemaOf(schema: z.ZodType, direction: Direction): JsonSchema {
  const io = direction === 'request' ? 'input' : 'output';
  const { $schema: _draft, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' }) as JsonSchema;
  return portableSchema(direction === 'request' ? json : mapSchema(json, open));
}

/**
 * Clients must read answers with members that they do not know. It is written out, because openapi-generator takes an object that says nothing for a closed
 * one.
 */
function open(schema: JsonSchema): JsonSchema {
  return schema.properties === undefined ? schema : { ...schema, additionalProperties: true };
}

/** Stands for the schema that another service describes under this id. */
export function schemaNamed(id: string): z.ZodType {
  return z.unknown().meta({ $ref: `#/$defs/${id}` });
}
