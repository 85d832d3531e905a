import type { JsonSchema } from './json-schema';
import { MEMBERS } from './glossary';

/** The named schema with a description of each member that has none of its own and that the glossary knows. */
export function describeMembers(schema: JsonSchema): JsonSchema {
  if (schema.properties === undefined) return schema;
  const properties = Object.entries(schema.properties).map(([name, member]): [string, JsonSchema] => {
    const description = member['description'] ?? MEMBERS[name];
    return [name, description === undefined ? member : { description, ...member }];
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}
