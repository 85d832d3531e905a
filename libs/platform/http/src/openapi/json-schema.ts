/** A JSON Schema (draft 2020-12), which is what OpenAPI 3.1 has as a schema. */
export interface JsonSchema {
  [keyword: string]: unknown;
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
}

/** Keywords whose value is a schema, a list of schemas, and an object of schemas. */
const ONE = ['items', 'additionalProperties', 'not', 'contains', 'unevaluatedProperties'] as const;
const LIST = ['anyOf', 'oneOf', 'allOf', 'prefixItems'] as const;
const NAMED = ['properties', '$defs', 'patternProperties'] as const;

/** The schema with each schema inside of it, and then itself, changed. Values such as examples and defaults are no schemas and stay. */
export function mapSchema(schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const inner = (value: JsonSchema) => mapSchema(value, change);
  const mapped: JsonSchema = { ...schema };
  for (const keyword of ONE) if (isSchema(schema[keyword])) mapped[keyword] = inner(schema[keyword]);
  for (const keyword of LIST) {
    const list = schema[keyword];
    if (Array.isArray(list)) mapped[keyword] = list.map((one) => inner(one as JsonSchema)); // JSON Schema has schemas there
  }
  for (const keyword of NAMED) {
    const named = schema[keyword];
    if (isSchema(named)) mapped[keyword] = Object.fromEntries(Object.entries(named).map(([name, one]) => [name, inner(one as JsonSchema)]));
  }
  return change(mapped);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
