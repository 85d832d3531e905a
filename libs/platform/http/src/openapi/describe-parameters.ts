import type { OpenAPIObject } from '@nestjs/swagger';
import { MEMBERS, PATH_PARAMETERS } from './glossary';
import { MAX_PARAMETER } from '../requests/parameter.guard';
import { singular } from './default-summary';
import type { JsonSchema } from './json-schema';
import { TEXT_PATTERN } from './portable-schema';

type Parameter = NonNullable<NonNullable<OpenAPIObject['paths'][string]['get']>['parameters']>[number];
type Described = Exclude<Parameter, { $ref: string }>;

const UUID = { type: 'string', format: 'uuid' };
/** Resources whose id is no UUID. */
const OTHER_IDS: Readonly<Record<string, object>> = { 'api-keys': { type: 'string', pattern: '^[0-9a-f]{16}$' } };

/** All parameters of an operation: those of its path, also where no handler takes them by name, and each with a description. */
export function describeParameters(path: string, known: readonly Parameter[]): Parameter[] {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].flatMap(([, name]) => name ?? []);
  const others = known.filter((one) => '$ref' in one || one.in !== 'path');
  return [...names.map((name) => pathParameter(path, name)), ...others.map(described)].map(ofText);
}

function pathParameter(path: string, name: string): Described {
  const things = path.split('/')[2] ?? '';
  const { description, schema } =
    name === 'id'
      ? { description: `Id of the ${singular(things)}`, schema: OTHER_IDS[things] ?? UUID }
      : (PATH_PARAMETERS[name] ?? { description: '', schema: { type: 'string' } }); // the linter asks for a description
  return { name, in: 'path', required: true, description, schema };
}

function described(parameter: Parameter): Parameter {
  if ('$ref' in parameter || parameter.description !== undefined) return parameter;
  const description = MEMBERS[parameter.name];
  return description === undefined ? parameter : { ...parameter, description };
}

/** What `ParameterGuard` demands of every value in a path and a query. */
function ofText(parameter: Parameter): Parameter {
  if ('$ref' in parameter || parameter.schema === undefined || !['path', 'query'].includes(parameter.in)) return parameter;
  const schema = parameter.schema as JsonSchema; // as OpenAPI 3.1 has it
  const bound = schema.type === 'array' ? { ...schema, items: boundText(schema['items'] as JsonSchema) } : boundText(schema); // of one kind
  return { ...parameter, schema: bound as Described['schema'] }; // the type of Nest is that of 3.0
}

function boundText(schema: JsonSchema): JsonSchema {
  const { enum: set, format, pattern, maxLength } = schema;
  if (schema.type !== 'string' || set !== undefined || format !== undefined || pattern !== undefined) return schema;
  return { ...schema, maxLength: maxLength ?? MAX_PARAMETER, pattern: TEXT_PATTERN };
}
