import { mapSchemas, type Schema, type VersionSchemas } from './schemas';

/** OCPP's integer has 32 bits (2.x Part 2, primitive data types; 1.6 likewise), which the schemas leave out. */
export const MAX_INTEGER = 2_147_483_647;

/** The schemas with the bounds of primitive types that the specification sets and the schemas leave out. */
export function exactSchemas(version: VersionSchemas): VersionSchemas {
  return {
    ...version,
    messages: new Map([...version.messages].map(([name, schema]) => [name, exact(schema)])),
    definitions: mapSchemas(version.definitions, exact),
  };
}

function exact(schema: Schema): Schema {
  const bounded: Schema = schema.type === 'integer' ? withinBounds(schema, MAX_INTEGER) : { ...schema };
  if (schema.items) bounded.items = exact(schema.items);
  if (schema.properties) bounded.properties = mapSchemas(schema.properties, exact);
  return bounded;
}

/** Adds bounds to a schema that has none of its own. */
export function withinBounds(schema: Schema, limit: number): Schema {
  return { minimum: -limit, maximum: limit, ...schema };
}
