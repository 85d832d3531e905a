import type { OpenAPIObject } from '@nestjs/swagger';
import { MEMBERS, PATH_PARAMETERS } from './glossary';
import { singular } from './default-summary';

type Parameter = NonNullable<NonNullable<OpenAPIObject['paths'][string]['get']>['parameters']>[number];
type Described = Exclude<Parameter, { $ref: string }>;

const UUID = { type: 'string', format: 'uuid' };
/** Resources whose id is no UUID. */
const OTHER_IDS: Readonly<Record<string, object>> = { 'api-keys': { type: 'string', pattern: '^[0-9a-f]{16}$' } };

/** All parameters of an operation: those of its path, also where no handler takes them by name, and each with a description. */
export function describeParameters(path: string, known: readonly Parameter[]): Parameter[] {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].flatMap(([, name]) => name ?? []);
  const others = known.filter((one) => '$ref' in one || one.in !== 'path');
  return [...names.map((name) => pathParameter(path, name)), ...others.map(described)];
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
