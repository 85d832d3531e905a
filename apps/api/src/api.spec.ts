import { describeModule } from '@voltbus/http';
import { ApiModule } from './api.module';

type Operations = Record<string, { operationId?: string; responses?: Record<string, unknown> }>;

it('describes every resource that other systems rely on, each operation under an id of its own', async () => {
  const { openapi, paths } = await describeModule(ApiModule);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    // a path item is its operations by method
    Object.entries(methods as Operations).map(([method, { operationId }]) => ({ route: `${method.toUpperCase()} ${path}`, operationId })),
  );
  expect(openapi).toBe('3.1.0');
  expect(operations.map(({ route }) => route)).toEqual(
    expect.arrayContaining([
      'GET /v1/tenants/{tenant}',
      'PUT /v1/tenants/{tenant}',
      'DELETE /v1/tenants/{tenant}',
      'GET /v1/stations',
      'GET /v1/stations/{station}',
      'PUT /v1/stations/{station}',
      'DELETE /v1/stations/{station}',
      'GET /v1/tokens',
      'GET /v1/tokens/{idToken}',
      'PUT /v1/tokens/{idToken}',
      'DELETE /v1/tokens/{idToken}',
      'POST /v1/tokens/clear-cache',
      'GET /v1/transactions',
      'GET /v1/transactions/{id}',
      'GET /v1/transactions/{id}/meter-values',
      'POST /v1/transactions/{id}/remote-stop',
      'POST /v1/stations/{station}/remote-start',
      'GET /v1/cdrs',
      'GET /v1/cdrs/{id}',
      'GET /v1/tariffs',
      'GET /v1/tariffs/{tariff}',
      'PUT /v1/tariffs/{tariff}',
      'DELETE /v1/tariffs/{tariff}',
      'POST /v1/stations/{station}/commands',
      'GET /v1/commands',
      'GET /v1/commands/{id}',
      'GET /v1/events',
      'GET /v1/api-keys',
      'POST /v1/api-keys',
      'GET /v1/api-keys/{id}',
      'DELETE /v1/api-keys/{id}',
      'GET /v1/dead-letters',
      'GET /v1/dead-letters/{id}',
      'POST /v1/dead-letters/{id}/replay',
    ]),
  );
  const names = operations.map(({ operationId }) => operationId);
  expect(new Set(names).size).toBe(names.length);
});

it('describes the size of a page as an integer', async () => {
  const { paths } = await describeModule(ApiModule);
  const { parameters = [] } = paths['/v1/stations']?.get ?? {};
  expect(parameters).toContainEqual(
    expect.objectContaining({ name: 'limit', schema: { type: 'integer', format: 'int32', minimum: 1, maximum: 200, default: 50 } }),
  );
});
