import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { TakesQuery } from '../requests/parameter.guard';
import { FILE_TYPE } from '../requests/take-files';
import { LINES_TYPES } from '../requests/take-lines';
import { later } from './later';
import { schemaOf, type Direction } from './schema-of';

/** OpenAPI 3.1 schemas are JSON Schemas; the type of Nest is that of 3.0. */
type Schema = NonNullable<Parameters<typeof ApiBody>[0] extends { schema?: infer S } ? S : never>;

const laterSchema = (schema: z.ZodType, direction: Direction) => later(() => schemaOf(schema, direction)) as Schema;

/** Documents a body by the schema that checks it. */
export const ApiZodBody = (schema: z.ZodType) => ApiBody({ schema: laterSchema(schema, 'request') });

/** Documents a body of many items in one of `LINES_TYPES`. */
export const ApiLinesBody = (description: string) =>
  applyDecorators(ApiConsumes(...LINES_TYPES), ApiBody({ description, required: true, schema: { type: 'string', minLength: 1 } }));

/** Documents a body that is a file. */
export const ApiFileBody = (description: string) =>
  applyDecorators(
    ApiConsumes(FILE_TYPE),
    ApiBody({ description, required: true, schema: { type: 'string', format: 'binary', minLength: 1 } }),
  );

/** Documents query parameters by the schema that checks them. Other parameters are refused (`ParameterGuard`). */
export function ApiZodQuery(schema: z.ZodObject) {
  const parameters = Object.entries(schema.shape as Record<string, z.ZodType>);
  let lists: string[] | undefined; // made with the first request that repeats a parameter, and kept
  const isList = (parameter: z.ZodType) => schemaOf(parameter, 'request').type === 'array';
  return applyDecorators(
    TakesQuery(
      parameters.map(([name]) => name),
      () => (lists ??= parameters.filter(([, parameter]) => isList(parameter)).map(([name]) => name)),
    ),
    ...parameters.map(([name, parameter]) => ApiQuery({ name, ...later(() => parameterOf(schema, name, parameter)) })),
  );
}

function parameterOf(schema: z.ZodObject, name: string, parameter: z.ZodType) {
  const { description, ...described } = schemaOf(parameter, 'request');
  return {
    required: !parameter.safeParse(undefined).success,
    schema: described as Schema,
    ...(typeof description === 'string' ? { description } : {}),
    ...(described.type === 'array' ? { style: 'form' as const, explode: false } : {}), // a list has commas
  };
}

/** Documents an answer by a schema. */
export const ApiZodResponse = (status: number, schema: z.ZodType, description = '') =>
  ApiResponse({ status, description, schema: laterSchema(schema, 'answer') });

/** Documents an answer by the schema of each of its media types. */
export const ApiZodContent = (schemas: Readonly<Record<string, z.ZodType>>, description = '') =>
  ApiResponse({
    status: 200,
    description,
    content: Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, { schema: laterSchema(schema, 'answer') }])),
  });

/** Documents a stream of server-sent events by the schema of one of them: its fields `event`, `id` and, as JSON, `data`. */
export const ApiZodStream = (event: z.ZodType, description: string) => ApiZodContent({ 'text/event-stream': event }, description);

/** Documents lines of JSON by the schema of one line. */
export const ApiZodLines = (line: z.ZodType, description: string) => ApiZodContent({ 'application/x-ndjson': line }, description);

/** Documents a file of any kind. */
export const ApiFile = (description: string) =>
  ApiZodContent({ 'application/octet-stream': z.string().meta({ format: 'binary' }) }, description);

/** Documents lines of CSV. */
export const ApiZodCsv = (description: string) =>
  ApiZodContent({ 'text/csv': z.string().describe('CSV by RFC 4180, with a header') }, description);
