import type { TestApp } from '@voltbus/http/testing';
import { startApi, type TestApi } from './testing/test-api';

// References between resources of different services: checked where they are set, kept while they are used (ADR 64).

let api: TestApi;
let app: TestApp;
beforeAll(async () => {
  api = await startApi();
  app = api.app;
});
afterAll(() => api?.close());

type Body = Record<string, unknown>;
const put = (url: string, body: object, tenant?: string) => app.request<Body>('PUT', url, { body, tenant });
const patch = (url: string, body: object, tenant?: string) => app.request<Body>('PATCH', url, { body, tenant });
const remove = (url: string, tenant?: string) => app.request<Body>('DELETE', url, { tenant });
const PRICES = { currency: 'EUR', perKwh: '0.50' };

const unknownAt = (path: string) => ({ status: 422, body: { code: 'unknown-reference', errors: [{ path }] } });
const usedBy = (...users: string[]) => ({ status: 409, body: { code: 'in-use', usedBy: users } });

/** A tenant in euros whose tariff `day` applies by default. */
async function tenantWithDefault(tenant: string): Promise<void> {
  await put(`/v1/tenants/${tenant}`, { currency: 'EUR', defaultTariff: null });
  await put('/v1/tariffs/day', PRICES, tenant);
  expect(await patch(`/v1/tenants/${tenant}`, { defaultTariff: 'day' })).toMatchObject({ status: 200, body: { defaultTariff: 'day' } });
}

it('accepts only a default tariff that exists, in a PUT and in a PATCH', async () => {
  await put('/v1/tenants/t1', { currency: 'EUR', defaultTariff: null });
  expect(await put('/v1/tenants/t1', { currency: 'EUR', defaultTariff: 'nope' })).toMatchObject(unknownAt('/defaultTariff'));
  expect(await patch('/v1/tenants/t1', { defaultTariff: 'nope' })).toMatchObject(unknownAt('/defaultTariff'));
  expect(await app.request('GET', '/v1/tenants/t1')).toMatchObject({ body: { defaultTariff: null } });
});

it('does not remove a tariff while the tenant or a group has it, and names who does', async () => {
  await tenantWithDefault('t2');
  expect(await put('/v1/tariff-assignments/token-group/G', { tariff: 'nope' }, 't2')).toMatchObject(unknownAt('/tariff'));
  await put('/v1/tariff-assignments/token-group/G', { tariff: 'day' }, 't2');
  expect(await patch('/v1/tariff-assignments/token-group/G', { tariff: 'nope' }, 't2')).toMatchObject(unknownAt('/tariff'));
  expect(await remove('/v1/tariffs/day', 't2')).toMatchObject(usedBy('the tenant (defaultTariff)', 'token-group G'));
  expect(await patch('/v1/tenants/t2', { defaultTariff: null })).toMatchObject({ status: 200, body: { defaultTariff: null } });
  await remove('/v1/tariff-assignments/token-group/G', 't2');
  expect(await remove('/v1/tariffs/day', 't2')).toMatchObject({ status: 204 });
});

it('accepts tariffs in the currency of their tenant only, and keeps the currency while there are tariffs in it', async () => {
  await tenantWithDefault('t4');
  for (const answer of [
    await put('/v1/tariffs/yen', { currency: 'JPY', perKwh: '60' }, 't4'),
    await patch('/v1/tariffs/day', { currency: 'JPY' }, 't4'),
  ])
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid', errors: [{ path: '/currency' }] } });
  expect(await patch('/v1/tenants/t4', { currency: 'JPY' })).toMatchObject(usedBy('tariff day'));
  expect(await patch('/v1/tenants/t4', { currency: 'EUX' })).toMatchObject({ status: 422, body: { code: 'invalid' } });
});

it('accepts tokens for stations that exist, and does not remove a station while a token may charge there by its name', async () => {
  await put('/v1/stations/PLACE', {});
  const places = [{ group: 'anywhere' }, { station: 'PLACE', evses: [1] }];
  const token = { status: 'Accepted', allowedAt: [...places, { station: 'nope' }] };
  expect(await put('/v1/tokens/PLACED', token)).toMatchObject(unknownAt('/allowedAt/2/station'));
  expect(await put('/v1/tokens/PLACED', { ...token, allowedAt: places })).toMatchObject({ status: 201 });
  expect(await patch('/v1/tokens/PLACED', { allowedAt: [{ station: 'nope' }] })).toMatchObject(unknownAt('/allowedAt/0/station'));
  expect(await remove('/v1/stations/PLACE')).toMatchObject(usedBy('token PLACED'));
  await patch('/v1/tokens/PLACED', { allowedAt: [] });
  expect(await remove('/v1/stations/PLACE')).toMatchObject({ status: 204 });
});

it('does not remove a tenant that has stations', async () => {
  await put('/v1/tenants/t5', { currency: 'EUR', defaultTariff: null });
  await put('/v1/stations/CS-1', {}, 't5');
  expect(await remove('/v1/tenants/t5')).toMatchObject(usedBy('station CS-1'));
});

it('names at most ten users, whatever refers to it', async () => {
  await tenantWithDefault('t6');
  const numbers = Array.from({ length: 12 }, (_one, index) => String(index + 10));
  await put('/v1/stations/PLACE', {}, 't6');
  for (const nth of numbers) {
    await put(`/v1/tariff-assignments/token-group/G${nth}`, { tariff: 'day' }, 't6');
    await put(`/v1/tokens/T${nth}`, { status: 'Accepted', allowedAt: [{ station: 'PLACE' }] }, 't6');
    await put(`/v1/tariffs/other-${nth}`, PRICES, 't6');
  }
  const ten = (prefix: string) => numbers.slice(0, 10).map((nth) => `${prefix}${nth}`);
  expect(await remove('/v1/tariffs/day', 't6')).toMatchObject(usedBy('the tenant (defaultTariff)', ...ten('token-group G').slice(0, 9)));
  expect(await remove('/v1/stations/PLACE', 't6')).toMatchObject(usedBy(...ten('token T')));
  expect(await patch('/v1/tenants/t6', { currency: 'JPY' })).toMatchObject(usedBy('tariff day', ...ten('tariff other-').slice(0, 9)));
  await put('/v1/tenants/t7', { currency: 'EUR', defaultTariff: null });
  for (const nth of numbers) await put(`/v1/stations/CS-${nth}`, {}, 't7');
  expect(await remove('/v1/tenants/t7')).toMatchObject(usedBy(...ten('station CS-')));
});

// The two of each pair begin at the same moment; whichever comes first, the reference never names what is gone.
describe('a reference that is set while its target is removed', () => {
  const place = { status: 'Accepted', allowedAt: [{ station: 'brief' }] };
  beforeAll(() => put('/v1/tenants/race', { currency: 'EUR', defaultTariff: null }));

  it.each<
    [string, () => Promise<unknown>, () => Promise<{ status: number }>, () => Promise<{ status: number }>, () => Promise<unknown>, number]
  >([
    [
      'the default tariff of a tenant',
      () => put('/v1/tariffs/brief', PRICES, 'race'),
      () => patch('/v1/tenants/race', { defaultTariff: 'brief' }),
      () => remove('/v1/tariffs/brief', 'race'),
      () => patch('/v1/tenants/race', { defaultTariff: null }),
      422,
    ],
    [
      'the tariff of a group',
      () => put('/v1/tariffs/brief', PRICES, 'race'),
      () => put('/v1/tariff-assignments/token-group/G', { tariff: 'brief' }, 'race'),
      () => remove('/v1/tariffs/brief', 'race'),
      () => remove('/v1/tariff-assignments/token-group/G', 'race'),
      422,
    ],
    [
      'the station of a token',
      () => put('/v1/stations/brief', {}, 'race'),
      () => put('/v1/tokens/T', place, 'race'),
      () => remove('/v1/stations/brief', 'race'),
      () => remove('/v1/tokens/T', 'race'),
      422,
    ],
  ])('is refused, or keeps it: %s', async (_what, make, set, removeTarget, unset, refused) => {
    for (let round = 0; round < 10; round++) {
      await make();
      const [taken, removed] = await Promise.all([set(), removeTarget()]);
      expect([taken.status, removed.status]).toEqual(taken.status < 300 ? [taken.status, 409] : [refused, 204]);
      await unset();
    }
  });

  it('is refused, or keeps it: the tenant of a station', async () => {
    for (let round = 0; round < 10; round++) {
      const tenant = `brief-${round}`;
      await put(`/v1/tenants/${tenant}`, { currency: 'EUR', defaultTariff: null });
      const [made, removed] = await Promise.all([put('/v1/stations/CS-1', {}, tenant), remove(`/v1/tenants/${tenant}`)]);
      expect([made.status, removed.status]).toEqual(made.status === 201 ? [201, 409] : [404, 204]);
    }
  });

  it('leaves no tariff in another currency than that of its tenant', async () => {
    for (const currency of ['JPY', 'EUR', 'JPY', 'EUR']) {
      await Promise.all([patch('/v1/tenants/race', { currency }), put('/v1/tariffs/euro', PRICES, 'race')]);
      const { body: tenant } = await app.request<Body>('GET', '/v1/tenants/race');
      const { body: tariffs } = await app.request<{ items: Body[] }>('GET', '/v1/tariffs', { tenant: 'race' });
      expect(tariffs.items.filter((tariff) => tariff['currency'] !== tenant['currency'])).toEqual([]);
      await remove('/v1/tariffs/euro', 'race');
    }
  });
});
