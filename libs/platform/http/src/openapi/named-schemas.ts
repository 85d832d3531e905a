import { isDeepStrictEqual } from 'node:util';
import type { OpenAPIObject } from '@nestjs/swagger';
import { describeMembers } from './describe-members';
import type { JsonSchema } from './json-schema';
import type { Direction } from './schema-of';

type Named = Map<string, JsonSchema>;
type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

const DEFS = '#/$defs/';
const COMPONENTS = '#/components/schemas/';
/** Behind the name of a schema that is another for requests than for answers. */
const REQUEST_SUFFIX = 'Input';

/**
 * Moves the named schemas of all operations, which `schemaOf` leaves under `$defs`, to the components. One name is one schema; where requests and answers
 * have it in two forms, closed and open, that of the requests is `<name>Input`.
 */
export function nameSchemas(document: OpenAPIObject): OpenAPIObject {
  const named = { request: new Map(), answer: new Map() } satisfies Record<Direction, Named>;
  visit(document.paths, 'request', (schema, direction) => collect(schema, named[direction]));
  const renamed = differing(named);
  const nameOf = (name: string, direction: Direction) => (direction === 'request' && renamed.has(name) ? `${name}${REQUEST_SUFFIX}` : name);
  const paths = mapped(document.paths, 'request', nameOf) as OpenAPIObject['paths']; // the shape stays, references change
  const schemas: Named = new Map();
  for (const direction of ['answer', 'request'] as const)
    for (const [name, schema] of named[direction]) add(schemas, nameOf(name, direction), mapped(schema, direction, nameOf) as JsonSchema);
  const sorted = Object.fromEntries([...schemas].sort(([one], [other]) => (one < other ? -1 : 1))) as Schemas; // of 3.1, as JSON Schema
  return { ...document, paths, components: { ...document.components, schemas: { ...document.components?.schemas, ...sorted } } };
}

function add(named: Named, name: string, schema: JsonSchema): void {
  const other = named.get(name);
  if (other !== undefined && !isDeepStrictEqual(other, schema)) throw new Error(`two schemas have the id ${name}`);
  named.set(name, schema);
}

function collect({ $defs = {} }: JsonSchema, named: Named): void {
  for (const [name, schema] of Object.entries($defs)) add(named, name, describeMembers(schema));
}

/** The names whose schema, or a schema it refers to, is another for requests than for answers. */
function differing({ request, answer }: Record<Direction, Named>): ReadonlySet<string> {
  const both = [...request.keys()].filter((name) => answer.has(name));
  const found = new Set(both.filter((name) => !isDeepStrictEqual(request.get(name), answer.get(name))));
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const name of both) if (refersTo(request.get(name), found)) found.add(name);
  }
  return found;
}

function refersTo(schema: unknown, names: ReadonlySet<string>): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  return Object.entries(schema).some(([keyword, value]) =>
    keyword === '$ref' && typeof value === 'string' ? names.has(value.slice(DEFS.length)) : refersTo(value, names),
  );
}

/** Below `responses` there are answers, everywhere else requests. */
function directionBelow(keyword: string, direction: Direction): Direction {
  return keyword === 'responses' ? 'answer' : direction;
}

function visit(node: unknown, direction: Direction, see: (schema: JsonSchema, direction: Direction) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if ('$defs' in node) see(node as JsonSchema, direction);
  for (const [keyword, value] of Object.entries(node)) visit(value, directionBelow(keyword, direction), see);
}

function mapped(node: unknown, direction: Direction, nameOf: (name: string, direction: Direction) => string): unknown {
  if (Array.isArray(node)) return node.map((one) => mapped(one, direction, nameOf));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).flatMap(([keyword, value]): [string, unknown][] => {
      if (keyword === '$defs') return [];
      if (keyword === '$ref' && typeof value === 'string' && value.startsWith(DEFS))
        return [[keyword, `${COMPONENTS}${nameOf(value.slice(DEFS.length), direction)}`]];
      return [[keyword, mapped(value, directionBelow(keyword, direction), nameOf)]];
    }),
  );
}
