import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { nameSchemas } from './named-schemas';
import { schemaOf } from './schema-of';

const colour = z.enum(['red', 'blue']).meta({ id: 'Colour' });
const limit = z.strictObject({ most: z.int() }).meta({ id: 'Limit' });
const holder = z.object({ limit, colour }).meta({ id: 'Holder' });

/** A document of one operation with this body and this answer. */
function documentOf(body: z.ZodType, answer: z.ZodType): OpenAPIObject {
  const content = (schema: object) => ({ content: { 'application/json': { schema } } });
  const post = {
    requestBody: content(schemaOf(body, 'request')),
    responses: { '200': { description: '', ...content(schemaOf(answer, 'answer')) } },
  };
  return { openapi: '3.1.0', info: { title: '', version: '' }, paths: { '/things': { post } } } as OpenAPIObject; // as far as it is read
}

function named(document: OpenAPIObject) {
  const { paths, components } = nameSchemas(document);
  const operation = paths['/things']?.post as unknown as Record<'requestBody' | 'responses', Record<string, unknown>>;
  return { schemas: components?.schemas ?? {}, ...operation };
}

describe('named schemas', () => {
  it('are components, and referred to wherever they are used', () => {
    const { schemas, responses } = named(documentOf(z.string(), holder));
    expect(Object.keys(schemas)).toEqual(['Colour', 'Holder', 'Limit']);
    expect(responses['200']).toMatchObject({ content: { 'application/json': { schema: { $ref: '#/components/schemas/Holder' } } } });
    expect(schemas['Holder']).toMatchObject({ properties: { limit: { $ref: '#/components/schemas/Limit' } } });
    expect(JSON.stringify(schemas)).not.toContain('$defs');
  });

  it('are one where requests and answers have them alike, and have a second name for requests where these are closed', () => {
    const { schemas, requestBody } = named(documentOf(holder, holder));
    expect(Object.keys(schemas)).toEqual(['Colour', 'Holder', 'HolderInput', 'Limit', 'LimitInput']);
    expect(requestBody).toMatchObject({ content: { 'application/json': { schema: { $ref: '#/components/schemas/HolderInput' } } } });
    expect(schemas['HolderInput']).toMatchObject({
      properties: { limit: { $ref: '#/components/schemas/LimitInput' }, colour: { $ref: '#/components/schemas/Colour' } },
    });
    expect([schemas['LimitInput'], schemas['Limit']]).toMatchObject([{ additionalProperties: false }, { additionalProperties: true }]);
  });

  it('refuses two schemas of one name', () => {
    const other = z.object({ another: limit.extend({ least: z.int() }).meta({ id: 'Limit' }), holder: z.int() });
    const { paths } = documentOf(z.string(), holder);
    const document = documentOf(z.string(), other);
    document.paths['/holders'] = paths['/things'] ?? {};
    expect(() => nameSchemas(document)).toThrow('two schemas have the id Limit');
  });
});
