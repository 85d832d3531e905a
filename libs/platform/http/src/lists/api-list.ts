import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { ApiZodQuery } from '../openapi/zod-decorators';
import { pageSchemaOf } from './page';

/** The media type of a page whose items have chosen members only: every other page has each required member of its items. */
export const PARTIAL_ITEMS = 'application/vnd.voltbus.fields+json';

/** Documents a list of `defineList`: its query, and a page of its items, whole or with chosen members. */
export function ApiList({ item, keys, query }: { item: z.ZodObject; keys: readonly string[]; query: z.ZodObject }) {
  const optional = Object.entries(item.shape).map(([name, member]) => [
    name,
    keys.includes(name) ? member : (member as z.ZodType).optional(),
  ]);
  const partial = z.object(Object.fromEntries(optional) as z.ZodRawShape);
  return applyDecorators(
    ApiZodQuery(query),
    ApiResponse({
      status: 200,
      description: '',
      content: {
        'application/json': { schema: schemaOf(pageSchemaOf(item)) },
        [PARTIAL_ITEMS]: { schema: schemaOf(pageSchemaOf(partial)) },
      },
    }),
  );
}

type Schema = NonNullable<NonNullable<Extract<Parameters<typeof ApiResponse>[0], { content?: unknown }>['content']>[string]['schema']>;

function schemaOf(schema: z.ZodType): Schema {
  const { $schema: _draft, ...json } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any', target: 'draft-2020-12' });
  return json as Schema; // OpenAPI 3.1 schemas are JSON Schemas
}
