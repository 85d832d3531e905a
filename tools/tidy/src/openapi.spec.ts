import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './sources';

type Json = Record<string, unknown>;
interface Description {
  paths: Record<string, Record<string, Json>>;
  components: { schemas: Record<string, { properties: Record<string, Json> } & Json> };
}

// plain JavaScript of the root commands, which need no build
const { exampleFaults } = createRequire(__filename)(join(ROOT, 'tools/run/openapi-examples.cjs')) as {
  exampleFaults(description: object): string[];
};
const { openapiFaults } = createRequire(__filename)(join(ROOT, 'tools/run/openapi-rules.cjs')) as {
  openapiFaults(description: object): string[];
};

const DESCRIPTION = join(ROOT, 'docs/reference/openapi.json');
const folder = mkdtempSync(join(tmpdir(), 'voltbus-openapi-'));
afterAll(() => rmSync(folder, { recursive: true }));

function changed(change: (description: Description) => void): Description {
  const description = JSON.parse(readFileSync(DESCRIPTION, 'utf8')) as Description; // linted below
  change(description);
  return description;
}

function lint(description: Description): { status: number | null; stdout: string } {
  const file = join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(description));
  return spawnSync(process.execPath, [join(ROOT, 'tools/run/lint-openapi.cjs'), file], { encoding: 'utf8' });
}

/** Without the other paths and what only they use: linting everything once more takes long. */
function keepOnly(description: Description, kept: readonly string[]): void {
  for (const path of Object.keys(description.paths)) if (!kept.includes(path)) delete description.paths[path];
  for (let removed = true; removed;) {
    removed = false;
    const text = JSON.stringify(description);
    for (const [kind, named] of Object.entries(description.components as Record<string, Json>))
      for (const name of Object.keys(named))
        if (kind !== 'securitySchemes' && !text.includes(`"#/components/${kind}/${name}"`)) removed = delete named[name];
  }
}

describe('the description of the API', () => {
  it('has nothing to object to', () => {
    expect(lint(changed(() => undefined))).toMatchObject({ status: 0, stdout: '' });
  });

  it('is objected to by both linters, and an example that its schema refuses too', () => {
    const { status, stdout } = lint(
      changed((description) => {
        const { paths, components } = description;
        keepOnly(description, ['/v1/stations', '/v1/tokens', '/v1/tariffs', '/v1/cdrs']);
        delete paths['/v1/stations']?.['get']?.['summary'];
        delete paths['/v1/tokens']?.['get']?.['operationId'];
        Object.assign(paths['/v1/tariffs']?.['get'] ?? {}, { responses: { '200': { description: 'fine' } } });
        Object.assign(paths['/v1/cdrs']?.['get'] ?? {}, { security: [{ nobodysScheme: [] }], tags: ['Unheard'] });
        Object.assign(components.schemas['Station'] ?? {}, { examples: [{ station: 1 }] });
      }),
    );
    const rules = [
      'operation-summary',
      'operation-operationId',
      'operation-4xx-response',
      'security-defined',
      'no-invalid-schema-examples',
    ];
    expect([status, ...[...rules, 'operation-tag-defined'].filter((rule) => !stdout.includes(rule))]).toEqual([1]);
  });
});

describe('a description that makes bad clients', () => {
  const property = (schema: string, name: string, value: Json) => (description: Description) => {
    const named = description.components.schemas[schema];
    if (named !== undefined) named.properties[name] = { description: 'Something', ...value };
  };
  const schema = (name: string, change: Json) => (description: Description) =>
    void Object.assign(description.components.schemas[name] ?? {}, change);

  it.each<[string, (description: Description) => void]>([
    ['Station.x: has no description', property('Station', 'x', { description: '', type: 'string' })],
    ['Station.x: is an object without a name', property('Station', 'x', { type: 'object', properties: {}, additionalProperties: true })],
    [
      'Station.x/items: is an object without a name',
      property('Station', 'x', { type: 'array', items: { properties: {}, additionalProperties: true } }),
    ],
    ['Station.x: has `const`', property('Station', 'x', { const: 1 })],
    ['Station.x: has an `anyOf` that is more', property('Station', 'x', { anyOf: [{ type: 'string' }, { type: 'boolean' }] })],
    ['Station.x: has a pattern that not every engine reads', property('Station', 'x', { type: 'string', pattern: '^\\p{L}$' })],
    ['Station.x: has a pattern that not every engine reads', property('Station', 'x', { type: 'string', pattern: '(?<=a)b' })],
    ['Station.x: is an integer without bounds', property('Station', 'x', { type: ['integer', 'null'], minimum: 0 })],
    ['Station: is not open, but an answer has it', schema('Station', { additionalProperties: undefined })],
    ['Connector: is not open, but an answer has it', schema('Connector', { additionalProperties: false })],
    ['StationPut: is open, but a request has it', schema('StationPut', { additionalProperties: true })],
    ['LimitInput: is open, but a request has it', schema('LimitInput', { additionalProperties: undefined })],
    [
      'GET /v1/stations 200: is an object without a name',
      ({ paths }) =>
        void Object.assign(paths['/v1/stations']?.['get'] ?? {}, {
          responses: {
            '200': {
              content: { 'application/json': { schema: { type: 'array', items: { properties: {}, additionalProperties: true } } } },
            },
          },
        }),
    ],
    [
      'GET /v1/stations limit: has no description',
      ({ paths }) => void Object.assign(paths['/v1/stations']?.['get'] ?? {}, { parameters: [{ name: 'limit', in: 'query', schema: {} }] }),
    ],
  ])('%s', (fault, change) => {
    const faults = openapiFaults(changed(change)).map((line) => line.replace('200/items', '200'));
    expect(faults).toEqual([expect.stringContaining(fault)]);
  });
});

describe('examples', () => {
  const example =
    (path: string, method: string, status: string, change: (holder: { example?: unknown }) => void) => (description: Description) => {
      const operation = description.paths[path]?.[method] as {
        responses: Record<string, { content: Record<string, { example?: unknown }> }>;
      };
      const holder = operation.responses[status]?.content['application/json'];
      if (holder !== undefined) change(holder);
    };

  const CASES: readonly (readonly [fault: string, change: (description: Description) => void])[] = [
    ['GET /v1/tokens: has no example of an answer', example('/v1/tokens', 'get', '200', (holder) => delete holder.example)],
    [
      'PUT /v1/tokens/{idToken}: has no example of a body',
      ({ paths }) => void Object.assign(paths['/v1/tokens/{idToken}']?.['put'] ?? {}, { requestBody: { content: {} } }),
    ],
    [
      'GET /v1/tokens/{idToken} idToken: has no example',
      ({ paths }) => void delete (paths['/v1/tokens/{idToken}']?.['get']?.['parameters'] as Json[])[0]?.['example'],
    ],
    [
      'must NOT have additional properties',
      example('/v1/tokens/{idToken}', 'get', '200', (holder) => Object.assign(holder.example as Json, { colour: 'red' })),
    ],
    [
      'example/online must be boolean',
      example('/v1/stations/{station}', 'get', '200', (holder) => Object.assign(holder.example as Json, { online: 1 })),
    ],
    [
      'the example has a secret',
      example('/v1/api-keys', 'post', '201', (holder) =>
        Object.assign(holder.example as Json, { key: `vbk_0123456789abcdef_${'a'.repeat(43)}_${'b'.repeat(16)}` }),
      ),
    ],
  ];

  it('are missed where they are not, and refused where the schema says otherwise or they have a secret', () => {
    const faults = exampleFaults(changed((description) => CASES.forEach(([, change]) => change(description))));
    expect(faults).toHaveLength(CASES.length);
    for (const [fault] of CASES) expect(faults).toContainEqual(expect.stringContaining(fault));
  });
});
