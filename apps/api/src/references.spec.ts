import type { TestApp } from '@voltbus/http/testing';
import { startApi, type TestApi } from './testing/test-api';

// References between tenants, tariffs and assignments, which two services own.

let api: TestApi;
let app: TestApp;
beforeAll(async () => {
  api = await startApi();
  app = api.app;
});
afterAll(() => api?.close());

const put = (url: string, body: object, tenant?: string) => app.request<Record<string, unknown>>('PUT', url, { body, tenant });

/** A tenant in euros whose tariff `day` applies by default. */
async function tenantWithDefault(tenant: string): Promise<void> {
  await put(`/v1/tenants/${tenant}`, { currency: 'EUR' });
  await put('/v1/tariffs/day', { currency: 'EUR', perKwh: '0.50' }, tenant);
  expect(await put(`/v1/tenants/${tenant}`, { defaultTariff: 'day' })).toMatchObject({ status: 200, body: { defaultTariff: 'day' } });
}

it('accepts only a default tariff that exists', async () => {
  await put('/v1/tenants/t1', {});
  expect(await put('/v1/tenants/t1', { defaultTariff: 'nope' })).toMatchObject({
    status: 422,
    body: { code: 'unknown-reference', errors: [{ path: '/defaultTariff' }] },
  });
  expect(await app.request('GET', '/v1/tenants/t1')).toMatchObject({ body: { defaultTariff: null } });
});

it('does not delete the default tariff of a tenant until the tenant has another or none', async () => {
  await tenantWithDefault('t2');
  expect(await app.request('DELETE', '/v1/tariffs/day', { tenant: 't2' })).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect(await put('/v1/tenants/t2', { defaultTariff: null })).toMatchObject({ status: 200, body: { defaultTariff: null } });
  expect(await app.request('DELETE', '/v1/tariffs/day', { tenant: 't2' })).toMatchObject({ status: 204 });
});

it('refuses a PUT that would lose a default tariff or a security profile by leaving it out', async () => {
  await tenantWithDefault('t3');
  await put('/v1/tenants/t3', { defaultTariff: 'day', minSecurityProfile: 2 });
  const renamed = await put('/v1/tenants/t3', { name: 'Three' });
  expect(renamed).toMatchObject({ status: 422, body: { errors: [{ path: '/minSecurityProfile' }, { path: '/defaultTariff' }] } });
  expect(await app.request('GET', '/v1/tenants/t3')).toMatchObject({ body: { name: 't3', defaultTariff: 'day', minSecurityProfile: 2 } });
});

it('accepts tariffs in the currency of their tenant only', async () => {
  await tenantWithDefault('t4');
  expect(await put('/v1/tariffs/yen', { currency: 'JPY', perKwh: '60' }, 't4')).toMatchObject({ status: 422 });
  expect(await put('/v1/tenants/t4', { defaultTariff: 'day', currency: 'JPY' })).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect(await put('/v1/tenants/t4', { defaultTariff: 'day', currency: 'EUX' })).toMatchObject({ status: 422 });
});
