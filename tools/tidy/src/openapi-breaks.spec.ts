import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './sources';

// plain JavaScript of the root commands, which need no build
const { breakingChanges } = createRequire(__filename)(join(ROOT, 'tools/run/openapi-breaks.cjs')) as {
  breakingChanges(before: object, after: object): string[];
};

type Change = (description: ReturnType<typeof described>) => unknown;

/** A description with one operation that reads and writes. */
function described() {
  const thing = {
    type: 'object',
    required: ['name', 'colour'],
    properties: {
      name: { type: 'string', maxLength: 10 } as Record<string, unknown>,
      colour: { type: 'string', enum: ['red', 'blue'] } as Record<string, unknown>,
      size: { type: ['integer', 'null'], format: 'int32', maximum: 9 } as Record<string, unknown>,
    } as Record<string, Record<string, unknown>>,
  };
  const input = { ...structuredClone(thing), additionalProperties: false };
  const json = (name: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } });
  const put = {
    operationId: 'putThing',
    tags: ['Things'],
    security: [{ tenantKey: ['read'] }],
    parameters: [
      { name: 'thing', in: 'path', required: true, schema: { type: 'string' } },
      { name: 'limit', in: 'query', required: false, schema: { type: 'integer', maximum: 200 } },
    ] as Record<string, unknown>[],
    requestBody: { required: false, content: json('ThingPut') } as Record<string, unknown>,
    responses: { '200': { content: json('Thing'), headers: { ETag: {} } } } as Record<string, Record<string, unknown>>,
  };
  return {
    paths: { '/things/{thing}': { put } } as Record<string, { put: typeof put }>,
    components: {
      schemas: { Thing: thing as Record<string, unknown> & typeof thing, ThingPut: input as Record<string, unknown> & typeof input },
    },
  };
}

function changesOf(change: Change): string[] {
  const after = described();
  change(after);
  return breakingChanges(described(), after);
}
function missing(): never {
  throw new Error('the operation is gone');
}
const operation = ({ paths }: ReturnType<typeof described>) => paths['/things/{thing}']?.put ?? missing();

describe('a change that breaks clients of an earlier description', () => {
  it.each<[string, Change]>([
    ['PUT /things/{thing}: is gone', ({ paths }) => delete paths['/things/{thing}']],
    ['is named replaceThing', (after) => (operation(after).operationId = 'replaceThing')],
    ['is in another group', (after) => (operation(after).tags = ['Others'])],
    ['needs another key or scope', (after) => (operation(after).security = [{ tenantKey: ['admin'] }])],
    ['query parameter limit is gone', (after) => operation(after).parameters.pop()],
    ['query parameter limit is required', (after) => Object.assign(operation(after).parameters[1] ?? {}, { required: true })],
    [
      'query parameter limit: maximum is lowered to 100',
      (after) => Object.assign(operation(after).parameters[1] ?? {}, { schema: { type: 'integer', maximum: 100 } }),
    ],
    ['query parameter by is new and required', (after) => operation(after).parameters.push({ name: 'by', in: 'query', required: true })],
    ['the body is required', (after) => (operation(after).requestBody['required'] = true)],
    ['body: application/json is gone', (after) => (operation(after).requestBody['content'] = {})],
    ['ThingPut: size is gone', ({ components }) => delete components.schemas.ThingPut.properties['size']],
    ['ThingPut: size is required', ({ components }) => components.schemas.ThingPut.required.push('size')],
    [
      'ThingPut.name: maxLength is lowered to 5',
      ({ components }) => Object.assign(components.schemas.ThingPut.properties['name'] ?? {}, { maxLength: 5 }),
    ],
    [
      'ThingPut.name: has another pattern',
      ({ components }) => Object.assign(components.schemas.ThingPut.properties['name'] ?? {}, { pattern: 'x' }),
    ],
    [
      'ThingPut.colour: may no longer be blue',
      ({ components }) => Object.assign(components.schemas.ThingPut.properties['colour'] ?? {}, { enum: ['red'] }),
    ],
    [
      'ThingPut.size: may no longer be null',
      ({ components }) => Object.assign(components.schemas.ThingPut.properties['size'] ?? {}, { type: 'integer' }),
    ],
    ['answers 200 no longer', (after) => (operation(after).responses = {})],
    ['answers 202, which is new', (after) => (operation(after).responses['202'] = {})],
    ['PUT /things/{thing} 200: has no ETag', (after) => Object.assign(operation(after).responses['200'] ?? {}, { headers: {} })],
    ['Thing: size is gone', ({ components }) => delete components.schemas.Thing.properties['size']],
    ['Thing: name may be absent', ({ components }) => components.schemas.Thing.required.shift()],
    ['Thing: is closed', ({ components }) => Object.assign(components.schemas.Thing, { additionalProperties: false })],
    [
      'Thing.colour: may be green, which is new',
      ({ components }) => Object.assign(components.schemas.Thing.properties['colour'] ?? {}, { enum: ['red', 'blue', 'green'] }),
    ],
    [
      'Thing.name: may be null, which is new',
      ({ components }) => Object.assign(components.schemas.Thing.properties['name'] ?? {}, { type: ['string', 'null'] }),
    ],
    [
      'Thing.size: has the format int64, had int32',
      ({ components }) => Object.assign(components.schemas.Thing.properties['size'] ?? {}, { format: 'int64' }),
    ],
    [
      'is of the type Other, was Thing',
      (after) => {
        Object.assign(after.components.schemas, { Other: after.components.schemas.Thing });
        Object.assign(operation(after).responses['200'] ?? {}, {
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Other' } } },
        });
      },
    ],
  ])('%s', (change, make) => {
    expect(changesOf(make)).toEqual([expect.stringContaining(change)]);
  });
});

describe('a change that breaks nobody', () => {
  it.each<[string, Change]>([
    ['none', () => undefined],
    ['another operation', ({ paths }) => Object.assign(paths, { '/others': { get: {} } })],
    ['a query parameter that may be left out', (after) => operation(after).parameters.push({ name: 'by', in: 'query', required: false })],
    ['a member of an answer', ({ components }) => Object.assign(components.schemas.Thing.properties, { shape: { type: 'string' } })],
    [
      'a member of a request that may be left out',
      ({ components }) => Object.assign(components.schemas.ThingPut.properties, { shape: { type: 'string' } }),
    ],
    [
      'a choice more in a request',
      ({ components }) => Object.assign(components.schemas.ThingPut.properties['colour'] ?? {}, { enum: ['red', 'blue', 'green'] }),
    ],
    [
      'a longer name in a request',
      ({ components }) => Object.assign(components.schemas.ThingPut.properties['name'] ?? {}, { maxLength: 20 }),
    ],
    [
      'a choice less in an answer',
      ({ components }) => Object.assign(components.schemas.Thing.properties['colour'] ?? {}, { enum: ['red'] }),
    ],
    ['a problem of another status', (after) => (operation(after).responses['409'] = {})],
    ['a header more', (after) => Object.assign(operation(after).responses['200'] ?? {}, { headers: { ETag: {}, Link: {} } })],
  ])('%s', (_change, make) => {
    expect(changesOf(make)).toEqual([]);
  });
});
