import { mapSchemas, type Schema, type VersionSchemas } from './schemas';

/** OCPP's integer has 32 bits (2.x Part 2, primitive data types; 1.6 likewise). The schemas do not say so. */
export const MAX_INTEGER = 2_147_483_647;

/** The schemas with what the specification says of primitive types and JSON Schema leaves out. */
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

/** The schema's own minimum and maximum stand. */
export function withinBounds(schema: Schema, limit: number): Schema {
  return { minimum: -limit, maximum: limit, ...schema };
}
