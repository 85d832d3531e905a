import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { pageSchemaOf } from '../lists/page';
import { TakesQuery } from '../requests/parameter.guard';

type Schema = Parameters<typeof ApiBody>[0] extends { schema?: infer S } ? S : never;

/** A zod schema as OpenAPI 3.1 has it. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): NonNullable<Schema> {
  const { $schema: _draft, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' });
  return json as NonNullable<Schema>; // OpenAPI 3.1 schemas are JSON Schemas
}

/** Documents a body by the schema that checks it. */
export const ApiZodBody = (schema: z.ZodType) => ApiBody({ schema: schemaOf(schema, 'input') });

/** Documents query parameters by the schema that checks them. Other parameters are refused (`ParameterGuard`). */
export function ApiZodQuery(schema: z.ZodObject) {
  const { required = [], properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  // JSON Schema of one property, which OpenAPI 3.1 takes as it is
  return applyDecorators(
    TakesQuery(Object.keys(properties)),
    ...Object.entries(properties).map(([name, property]) =>
      ApiQuery({ name, required: required.includes(name), schema: property as NonNullable<Schema>, ...listStyle(property) }),
    ),
  );
}

/** A list of values is one parameter with commas. */
function listStyle(property: unknown): { style?: 'form'; explode?: false } {
  return (property as { type?: unknown }).type === 'array' ? { style: 'form', explode: false } : {};
}

/** Documents an answer by a schema. */
export const ApiZodResponse = (status: number, schema: z.ZodType, description = '') =>
  ApiResponse({ status, description, schema: schemaOf(schema, 'output') });

/** Documents a list by its query, made with `pageQueryOf`, and by the schema of its items. */
export const ApiZodList = (query: z.ZodObject, item: z.ZodType) =>
  applyDecorators(ApiZodQuery(query), ApiZodResponse(200, pageSchemaOf(item)));
