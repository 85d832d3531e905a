import { MemoryBus } from '@voltbus/bus';
import type { Cdr, EndedTransaction } from '@voltbus/contracts';
import { TENANT_DIRECTORY } from '@voltbus/http';
import { TestApp } from '@voltbus/http/testing';
import { BUS, LIFECYCLE, LOGGER, METRICS } from '@voltbus/runtime';
import { freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { accountOf, tariffOf } from '../account-fixture';
import { CdrHttpModule } from '../cdr.module';
import type { Service } from '../wiring';
import { CDR_SERVICE } from './injection';

let face: TestApp;
let service: Service;
let bus: MemoryBus;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await freshDatabase();
  drop = database.drop;
  bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics() });
  face = await TestApp.create({
    modules: [CdrHttpModule],
    databaseUrl: database.url,
    logger: silentLogger,
    provided: [
      [BUS, bus],
      [LOGGER, silentLogger],
      [METRICS, testMetrics()],
      [LIFECYCLE, { add: () => undefined }],
      [
        TENANT_DIRECTORY,
        { find: (tenant: string) => Promise.resolve(tenant === 'nobody' ? null : { tenant, currency: 'EUR', defaultTariff: 'standard' }) },
      ],
    ],
  });
  service = face.get<Service>(CDR_SERVICE);
});
afterAll(async () => {
  await service?.database.destroy();
  await face?.close();
  await bus?.close();
  await drop?.();
});

const ask = <T = Record<string, unknown>>(method: 'GET' | 'PUT' | 'DELETE' | 'POST', url: string, body?: object, tenant = 'default') =>
  face.request<T>(method, url, { body, tenant });

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

  it('keeps a tariff, shows its latest version and forgets it', async () => {
    const theirs = (method: 'GET' | 'PUT' | 'DELETE', url: string, body?: object) => ask(method, url, body, 'keeper');
    expect(await theirs('PUT', '/v1/tariffs/day', day)).toEqual({ status: 200, body: day });
    await theirs('PUT', '/v1/tariffs/day', { ...day, perKwh: '0.59' });
    expect(await theirs('GET', '/v1/tariffs/day')).toEqual({ status: 200, body: { ...day, perKwh: '0.59' } });
    expect(await ask('GET', '/v1/tariffs/day', undefined, 'other')).toMatchObject({ status: 404 });
    expect(await theirs('GET', '/v1/tariffs')).toEqual({ status: 200, body: { items: [{ ...day, perKwh: '0.59' }], nextCursor: null } });
    expect(await theirs('DELETE', '/v1/tariffs/day')).toEqual({ status: 204, body: null });
    expect(await theirs('GET', '/v1/tariffs/day')).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(await theirs('DELETE', '/v1/tariffs/day')).toMatchObject({ status: 404 });
  });

  it('takes what is left out for free', async () => {
    expect(await ask('PUT', '/v1/tariffs/free', { currency: 'EUR' })).toEqual({
      status: 200,
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

  it('does not lose a price that is left out: it must be given, be it as 0', async () => {
    await ask('PUT', '/v1/tariffs/guarded', { ...day, tariff: 'guarded' });
    const partial = await ask('PUT', '/v1/tariffs/guarded', { currency: 'EUR', perMinute: '0.03' });
    expect(partial).toMatchObject({ status: 422, body: { code: 'invalid' } });
    const { errors } = partial.body as unknown as { errors: { path: string }[] };
    expect(errors.map(({ path }) => path)).toEqual(['/perKwh', '/perIdleMinute', '/idleGraceMinutes', '/fixed', '/taxPercent']);
    expect(await ask('GET', '/v1/tariffs/guarded')).toEqual({ status: 200, body: { ...day, tariff: 'guarded' } });
    expect(await ask('PUT', '/v1/tariffs/guarded', { ...day, tariff: 'guarded', perKwh: '0' })).toMatchObject({ status: 200 });
  });

  it('keeps the tariff that the tenant has by default, and takes none for a tenant that is not there', async () => {
    await ask('PUT', '/v1/tariffs/standard', { currency: 'EUR' });
    expect(await ask('DELETE', '/v1/tariffs/standard')).toMatchObject({
      status: 409,
      body: { code: 'conflict', usedBy: ['the tenant (defaultTariff)'] },
    });
    expect(await ask('PUT', '/v1/tariffs/day', day, 'nobody')).toMatchObject({ status: 404 });
  });

  it.each([
    ['/v1/tariffs/a', { currency: 'EUR', perKwh: 0.49 }, '/perKwh'],
    ['/v1/tariffs/a', { currency: 'EUR', perKwh: '-1' }, '/perKwh'],
    ['/v1/tariffs/a', { currency: 'EUR', fixed: '1e3' }, '/fixed'],
    ['/v1/tariffs/a', { currency: 'euro' }, '/currency'],
    ['/v1/tariffs/a', { currency: 'EUX' }, '/currency'],
    ['/v1/tariffs/a', { currency: 'JPY' }, "the tenant's currency is EUR"],
    ['/v1/tariffs/a', {}, '/currency'],
    ['/v1/tariffs/a', { currency: 'EUR', perHour: '1' }, 'perHour'],
    ['/v1/tariffs/a', { currency: 'EUR', tariff: 'b' }, 'another tariff'],
    ['/v1/tariffs/a%00b', { currency: 'EUR' }, '/tariff'],
  ])('refuses PUT %s %j, saying why', async (url, body, why) => {
    const answer = await ask('PUT', url, body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(JSON.stringify(answer.body)).toContain(why);
  });
});

describe('/v1/tariff-assignments', () => {
  const url = '/v1/tariff-assignments';
  beforeAll(async () => {
    for (const name of ['cheap', 'dear']) await ask('PUT', `/v1/tariffs/${name}`, { currency: 'EUR' });
  });

  it('gives a group a tariff, shows it without regard to case, and takes it away', async () => {
    const group = encodeURIComponent('Fl\u00f6tte/1');
    const assigned = { kind: 'token-group', group: 'Fl\u00f6tte/1', tariff: 'cheap' };
    expect(await ask('PUT', `${url}/token-group/${group}`, { tariff: 'cheap' })).toEqual({ status: 200, body: assigned });
    expect(await ask('GET', `${url}/token-group/${encodeURIComponent('FL\u00d6TTE/1')}`)).toEqual({ status: 200, body: assigned });
    expect(await ask('GET', `${url}/station-group/${group}`)).toMatchObject({ status: 404 });
    expect(await ask('GET', `${url}/token-group/${group}`, undefined, 'other')).toMatchObject({ status: 404 });
    expect(await ask('DELETE', `${url}/token-group/${group}`)).toEqual({ status: 204, body: null });
    expect(await ask('GET', `${url}/token-group/${group}`)).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(await ask('DELETE', `${url}/token-group/${group}`)).toMatchObject({ status: 404 });
  });

  it('lists them page by page', async () => {
    await ask('PUT', '/v1/tariffs/cheap', { currency: 'EUR' }, 'lister');
    for (const path of ['token-group/b', 'token-group/A', 'station-group/depot'])
      await ask('PUT', `${url}/${path}`, { tariff: 'cheap' }, 'lister');
    const page = (query: string) => ask<{ items: { group: string }[]; nextCursor: string }>('GET', `${url}?${query}`, undefined, 'lister');
    const first = await page('limit=2');
    const second = await page(`limit=2&cursor=${encodeURIComponent(first.body.nextCursor)}`);
    expect([...first.body.items, ...second.body.items].map(({ group }) => group)).toEqual(['depot', 'A', 'b']);
    expect(second.body.nextCursor).toBeNull();
  });

  it('keeps a tariff that a group has from being removed', async () => {
    await ask('PUT', `${url}/station-group/airport`, { tariff: 'dear' });
    expect(await ask('DELETE', '/v1/tariffs/dear')).toMatchObject({
      status: 409,
      body: { code: 'conflict', usedBy: ['station-group airport'] },
    });
    await ask('PUT', `${url}/station-group/AIRPORT`, { tariff: 'cheap' });
    expect(await ask('DELETE', '/v1/tariffs/dear')).toMatchObject({ status: 204 });
  });

  it.each([
    ['PUT', `${url}/token-group/x`, { tariff: 'unheard-of' }, 422],
    ['PUT', `${url}/token-group/x`, { tariff: 7 }, 422],
    ['PUT', `${url}/token-group/x`, { tariff: 'cheap', more: 1 }, 422],
    ['PUT', `${url}/driver/x`, { tariff: 'cheap' }, 422],
    ['PUT', `${url}/token-group/${'x'.repeat(51)}`, { tariff: 'cheap' }, 422],
    ['PUT', `${url}/token-group/a%00b`, { tariff: 'cheap' }, 422],
    ['GET', `${url}/driver/x`, undefined, 404],
    ['GET', `${url}?cursor=garbage`, undefined, 400],
  ] as const)('answers %s %s %j with %i', async (method, path, body, status) =>
    expect(await ask(method, path, body)).toMatchObject({ status, body: { code: expect.any(String) } }),
  );
});

describe('/v1/cdrs', () => {
  beforeAll(async () => {
    await service.tariffs.addTerms('default', { currency: 'EUR', defaultTariff: null }, new Date('2026-01-01T00:00:00Z'));
    for (const hour of ['10', '11', '12']) {
      const startedAt = `2026-03-01T${hour}:00:00.000Z`;
      const account: EndedTransaction = {
        tenant: 'default',
        station: hour === '11' ? 'CS-2' : 'CS-1',
        id: `00000000-0000-5000-8000-0000000000${hour}`,
        evse: 1,
        connector: 1,
        ocppTransactionId: hour,
        idToken: 'TAG',
        state: 'ended',
        startedAt,
        endedAt: startedAt,
        meterStartWh: 0,
        meterStopWh: 0,
        energyWh: 0,
        stopReason: 'Local',
        flags: [],
        revision: 1,
        signedData: [],
        periods: [{ kind: 'idle', startedAt, seconds: 0, energyWh: 0 }],
      };
      await service.settlements.settle(account, Date.now());
    }
  });
  interface List {
    items: Cdr[];
    nextCursor: string | null;
  }

  it.each([
    ['', ['12', '11', '10']],
    ['station=CS-1', ['12', '10']],
    ['transaction=00000000-0000-5000-8000-000000000011', ['11']],
    ['from=2026-03-01T11:00:00Z&to=2026-03-01T12:00:00Z', ['11']],
  ])('lists, the newest session first, by %j', async (query, expected) => {
    const { body } = await ask<List>('GET', `/v1/cdrs?${query}`);
    expect(body.items.map(({ ocppTransactionId }) => ocppTransactionId)).toEqual(expected);
  });

  it('pages, and shows one to its tenant only', async () => {
    const first = await ask<List>('GET', '/v1/cdrs?limit=2');
    const second = await ask<List>('GET', `/v1/cdrs?limit=2&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...second.body.items].map(({ ocppTransactionId }) => ocppTransactionId)).toEqual(['12', '11', '10']);
    const [cdr] = first.body.items;
    expect(await ask('GET', `/v1/cdrs/${cdr?.id}`)).toEqual({ status: 200, body: cdr });
    expect(await ask('GET', `/v1/cdrs/${cdr?.id}`, undefined, 'other')).toMatchObject({ status: 404 });
  });

  it.each([
    ['/v1/cdrs?from=0x', 400],
    ['/v1/cdrs?transaction=x', 400],
    ['/v1/cdrs?station=%00', 400],
    ['/v1/cdrs?cursor=Z2FyYmFnZQ', 400],
    ['/v1/cdrs/not-a-uuid', 404],
    ['/v1/cdrs/00000000-0000-0000-0000-000000000000', 404],
  ])('answers %s with a problem', async (url, status) => {
    expect(await ask('GET', url)).toMatchObject({
      status,
      body: { code: expect.stringMatching(status === 400 ? /^(bad-request|invalid-cursor)$/ : /^not-found$/) },
    });
  });
});

describe('/v1/cdrs/{id}/release and waive', () => {
  const held = async (euros: number, change: Partial<EndedTransaction> = {}): Promise<Cdr> => {
    const account = accountOf({ tenant: 'reviewed', energyWh: euros * 1_000, flags: ['energy-doubtful'], ...change });
    await service.settlements.settle(account, Date.now());
    const { body } = await ask<List>('GET', `/v1/cdrs?review=held&transaction=${account.id}`, undefined, 'reviewed');
    const [cdr] = body.items;
    if (cdr === undefined) throw new Error('not held');
    return cdr;
  };
  interface List {
    items: Cdr[];
  }
  const decide = (what: string, body: object, key?: string) =>
    face.request<Cdr & { code: string; state: string }>('POST', `/v1/cdrs/${what}`, { body, tenant: 'reviewed', key });
  beforeAll(async () => {
    await service.tariffs.add('reviewed', 'day', tariffOf('day', '1'), new Date('2026-01-01T00:00:00Z'));
    await service.tariffs.addTerms('reviewed', { currency: 'EUR', defaultTariff: 'day' }, new Date('2026-01-01T00:00:00Z'));
  });

  it('lists what waits apart from what was issued, and shows why', async () => {
    const { id } = await held(3);
    const [waiting, issued] = [
      await ask<List>('GET', '/v1/cdrs?review=held', undefined, 'reviewed'),
      await ask<List>('GET', '/v1/cdrs', undefined, 'reviewed'),
    ];
    expect(waiting.body.items.map((cdr) => [cdr.id, cdr.review?.state, cdr.review?.reasons])).toEqual([[id, 'held', ['energy-doubtful']]]);
    expect(issued.body.items).toEqual([]);
    await decide(`${id}/release`, { reason: 'as the display said' });
    expect((await ask<List>('GET', '/v1/cdrs?review=released', undefined, 'reviewed')).body.items).toMatchObject([
      { id, review: { state: 'released', by: 'administrator', reason: 'as the display said' } },
    ]);
  });

  it('answers the same again, and 409 to what cannot be any more', async () => {
    const { id } = await held(3);
    const waived = await decide(`${id}/waive`, { reason: 'broken meter' });
    expect(waived).toMatchObject({ status: 200, body: { id, review: { state: 'waived', reason: 'broken meter' } } });
    expect(await decide(`${id}/waive`, { reason: 'again' })).toEqual(waived);
    expect(await decide(`${id}/release`, { reason: 'oh' })).toMatchObject({ status: 409, body: { code: 'conflict', state: 'waived' } });
  });

  it.each([
    [{}, 422],
    [{ reason: '' }, 422],
    [{ reason: '  ' }, 422],
    [{ reason: 'x'.repeat(501) }, 422],
    [{ reason: 'a\u0000b' }, 422],
    [{ reason: 'x', by: 'me' }, 422],
  ])('refuses %j', async (body, status) => {
    const { id } = await held(3);
    expect(await decide(`${id}/release`, body)).toMatchObject({ status });
    expect(await decide(`${id}/waive`, body)).toMatchObject({ status });
  });

  it.each(['not-a-uuid', '00000000-0000-0000-0000-000000000000'])('knows no CDR %s', async (id) => {
    expect(await decide(`${id}/release`, { reason: 'x' })).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(await decide(`${id}/waive`, { reason: 'x' })).toMatchObject({ status: 404 });
  });

  it("is no other tenant's, and nobody's without a key", async () => {
    const { id } = await held(3);
    expect(await ask('POST', `/v1/cdrs/${id}/release`, { reason: 'x' }, 'other')).toMatchObject({ status: 404 });
    expect(await face.request('POST', `/v1/cdrs/${id}/release`, { body: { reason: 'x' }, key: null })).toMatchObject({ status: 401 });
  });

  it('refuses a state that there is none of', async () => {
    expect(await ask('GET', '/v1/cdrs?review=hold')).toMatchObject({ status: 400, body: { code: 'bad-request' } });
  });
});
