import { CdrApp } from '../../testing/cdr-app';

let app: CdrApp;
beforeAll(async () => {
  app = await CdrApp.start();
});
afterAll(() => app?.close());

describe('/v1/tariffs', () => {
  const day = {
    tariff: 'day',
    currency: 'EUR',
    perKwh: '0.49',
    perMinute: '0.02',
    perIdleMinute: '0.10',
    idleGraceMinutes: 10,
    fixed: '0.50',
    taxPercent: '19',
  };

  it('stores a tariff, shows its latest version and removes it', async () => {
    const theirs = (method: 'GET' | 'PUT' | 'DELETE', url: string, body?: object) => app.request(method, url, body, 'keeper');
    expect(await theirs('PUT', '/v1/tariffs/day', day)).toEqual({ status: 201, body: day });
    await theirs('PUT', '/v1/tariffs/day', { ...day, perKwh: '0.59' });
    expect(await theirs('GET', '/v1/tariffs/day')).toEqual({ status: 200, body: { ...day, perKwh: '0.59' } });
    expect(await app.request('GET', '/v1/tariffs/day', undefined, 'other')).toMatchObject({ status: 404 });
    expect(await theirs('GET', '/v1/tariffs')).toEqual({ status: 200, body: { items: [{ ...day, perKwh: '0.59' }], nextCursor: null } });
    expect(await theirs('DELETE', '/v1/tariffs/day')).toEqual({ status: 204, body: null });
    expect(await theirs('GET', '/v1/tariffs/day')).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(await theirs('DELETE', '/v1/tariffs/day')).toMatchObject({ status: 404 });
  });

  it('sets prices that a new tariff does not need to 0', async () => {
    expect(await app.request('PUT', '/v1/tariffs/free', { currency: 'EUR', perKwh: '0' })).toEqual({
      status: 201,
      body: {
        tariff: 'free',
        currency: 'EUR',
        perKwh: '0',
        perMinute: '0',
        perIdleMinute: '0',
        idleGraceMinutes: 0,
        fixed: '0',
        taxPercent: '0',
      },
    });
  });

  it('refuses a PUT that leaves out a price of an existing tariff: it must be given, be it as 0', async () => {
    await app.request('PUT', '/v1/tariffs/guarded', { ...day, tariff: 'guarded' });
    const partial = await app.request('PUT', '/v1/tariffs/guarded', { currency: 'EUR', perKwh: '0.49', perMinute: '0.03' });
    expect(partial).toMatchObject({ status: 422, body: { code: 'invalid' } });
    const { errors } = partial.body as unknown as { errors: { path: string }[] };
    expect(errors.map(({ path }) => path)).toEqual(['/perIdleMinute', '/idleGraceMinutes', '/fixed', '/taxPercent']);
    expect(await app.request('GET', '/v1/tariffs/guarded')).toEqual({ status: 200, body: { ...day, tariff: 'guarded' } });
    expect(await app.request('PUT', '/v1/tariffs/guarded', { ...day, tariff: 'guarded', perKwh: '0' })).toMatchObject({ status: 200 });
  });

  it('does not remove the default tariff of the tenant, and accepts no tariff of an unknown tenant', async () => {
    await app.request('PUT', '/v1/tariffs/standard', { currency: 'EUR', perKwh: '1' });
    expect(await app.request('DELETE', '/v1/tariffs/standard')).toMatchObject({
      status: 409,
      body: { code: 'in-use', usedBy: ['the tenant (defaultTariff)'] },
    });
    expect(await app.request('PUT', '/v1/tariffs/day', day, 'nobody')).toMatchObject({ status: 404 });
  });

  it.each([
    ['/v1/tariffs/a', { currency: 'EUR', perKwh: 0.49 }, '/perKwh'],
    ['/v1/tariffs/a', { currency: 'EUR', perKwh: '-1' }, '/perKwh'],
    ['/v1/tariffs/a', { currency: 'EUR', fixed: '1e3' }, '/fixed'],
    ['/v1/tariffs/a', { currency: 'euro' }, '/currency'],
    ['/v1/tariffs/a', { currency: 'EUX' }, '/currency'],
    ['/v1/tariffs/a', { currency: 'JPY', perKwh: '1' }, "the tenant's currency is EUR"],
    ['/v1/tariffs/a', {}, '/currency'],
    ['/v1/tariffs/a', { currency: 'EUR', perKwh: '1', perHour: '1' }, 'perHour'],
    ['/v1/tariffs/a', { currency: 'EUR', perKwh: '1', tariff: 'b' }, 'another tariff'],
    ['/v1/tariffs/a%00b', { currency: 'EUR', perKwh: '1' }, '/tariff'],
  ])('refuses PUT %s %j, saying why', async (url, body, why) => {
    const answer = await app.request('PUT', url, body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(JSON.stringify(answer.body)).toContain(why);
  });
});
