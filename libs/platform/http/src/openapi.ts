import { applyDecorators } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiBody, ApiQuery, ApiResponse, DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { ADMINISTRATOR_SCHEME, TENANT_KEY_SCHEME } from './access';
import { finishDescription } from './describe-operations';
import { TakesQuery } from './requests/parameter.guard';

type Schema = Parameters<typeof ApiBody>[0] extends { schema?: infer S } ? S : never;

/** A zod schema as OpenAPI 3.1 has it. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): NonNullable<Schema> {
  const { $schema: _draft, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' });
  return json as NonNullable<Schema>; // OpenAPI 3.1 schemas are JSON Schemas
}

/** Documents a body by the schema that checks it. */
export const ApiZodBody = (schema: z.ZodType) => ApiBody({ schema: schemaOf(schema, 'input') });

/** Documents query parameters by the schema that checks them; others are refused (`ParameterGuard`). */
export function ApiZodQuery(schema: z.ZodObject) {
  const { required = [], properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  // JSON Schema of one property, which OpenAPI 3.1 takes as it is
  return applyDecorators(
    TakesQuery(Object.keys(properties)),
    ...Object.entries(properties).map(([name, property]) =>
      ApiQuery({ name, required: required.includes(name), schema: property as NonNullable<Schema> }),
    ),
  );
}

/** Documents an answer by a schema. */
export const ApiZodResponse = (status: number, schema: z.ZodType, description = '') =>
  ApiResponse({ status, description, schema: schemaOf(schema, 'output') });

/** The API's description, from its controllers. */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Voltbus')
    .setDescription(
      'OCPP backend: stations, tokens, transactions, CDRs, commands. Errors are RFC 9457 problems with a stable `code`. ' +
        'What stands beside a key under `security` is the scope that it needs. A method that a path does not take is 405 with `Allow`; ' +
        'a request that does not come in time is 408.',
    )
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'Where this description comes from')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: "The administrator's key: everything, of every tenant" },
      ADMINISTRATOR_SCHEME,
    )
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A key of one tenant, from `POST /v1/api-keys`' }, TENANT_KEY_SCHEME)
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  return finishDescription(document);
}

/** `/openapi.json`, and a page of it at `/docs` that needs nothing from outside. */
export function serveApiDescription(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => describeApi(app), { jsonDocumentUrl: 'openapi.json', customSiteTitle: 'Voltbus API' });
}
