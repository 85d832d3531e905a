import { startHttp, type HttpFixture } from '../../testing/start-http';
import { MAX_PROFILES, MAX_VALUES } from '../limits';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
  await http.request('PUT', '/v1/tenants/other', { currency: 'EUR', defaultTariff: null });
});
afterAll(() => http?.close());

const VALUE = { key: 'HeartbeatInterval', value: '60' };
const STORED = { ...VALUE, attribute: 'Actual' };
const put = (name: string, body: object) => http.request('PUT', `/v1/configuration-profiles/${name}`, body);

describe('/v1/configuration-profiles', () => {
  it('is made, read, changed in part and removed; another tenant does not see it', async () => {
    const made = await put('fleet', { mode: 'apply', values: [VALUE] });
    const whole = {
      profile: 'fleet',
      description: null,
      mode: 'apply',
      priority: 0,
      vendors: [],
      models: [],
      firmwareVersions: [],
      groups: [],
    };
    expect(made).toMatchObject({ status: 201, body: { ...whole, values: [STORED] } });
    expect(await http.request('PATCH', '/v1/configuration-profiles/fleet', { mode: 'dry-run', vendors: ['Acme'] })).toMatchObject({
      ...{ status: 200, body: { ...whole, mode: 'dry-run', vendors: ['Acme'], values: [STORED] } },
    });
    expect(await http.request('GET', '/v1/configuration-profiles?mode=dry-run&search=FL')).toMatchObject({
      body: { items: [{ profile: 'fleet' }] },
    });
    expect((await http.request('GET', '/v1/configuration-profiles', undefined, 'other')).body).toEqual({ items: [], nextCursor: null });
    expect(await http.request('GET', '/v1/configuration-profiles/fleet', undefined, 'other')).toMatchObject({ status: 404 });
    expect(await http.request('DELETE', '/v1/configuration-profiles/fleet')).toMatchObject({ status: 204 });
    expect(await http.request('GET', '/v1/configuration-profiles/fleet')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('a PUT that leaves out for which stations it is does not make it one for all', async () => {
    await put('some', { mode: 'apply', vendors: ['Acme'], values: [VALUE] });
    expect(await put('some', { mode: 'apply', values: [VALUE] })).toMatchObject({ status: 422, body: { errors: [{ path: '/vendors' }] } });
  });

  it.each([
    [{ values: [VALUE] }, '/mode'],
    [{ mode: 'apply' }, '/values'],
    [{ mode: 'apply', values: [{ value: '1' }] }, 'names no variable'],
    [{ mode: 'apply', values: [{ component: 'A', variable: 'B', connector: 1, value: '1' }] }, 'without its EVSE'],
    [{ mode: 'apply', values: [VALUE, { ...VALUE, value: '61' }] }, 'twice'],
    [{ mode: 'apply', values: [VALUE, { component: 'OCPPCommCtrlr', variable: 'heartbeatInterval', value: '61' }] }, 'twice'],
    [{ mode: 'apply', values: [{ key: 'AuthorizationKey', value: '0123456789abcdef' }] }, 'is a secret'],
    [{ mode: 'apply', values: [{ key: 'Url', value: 'ftp://u:S3cret@h/' }] }, 'is a secret'],
    [{ mode: 'apply', values: Array.from({ length: MAX_VALUES + 1 }, (_, nth) => ({ key: `K${nth}`, value: '1' })) }, '/values'],
    [{ mode: 'apply', values: [], vendors: [''] }, '/vendors/0'],
    [{ mode: 'apply', values: [], colour: 'red' }, 'colour'],
  ])('refuses %j', async (body, why) => {
    const answer = await put('refused', body);
    expect(answer).toMatchObject({ status: 422 });
    expect(JSON.stringify(answer.body)).toContain(why);
    expect(JSON.stringify(answer.body)).not.toContain('S3cret');
    expect(await http.request('GET', '/v1/configuration-profiles/refused')).toMatchObject({ status: 404 });
  });

  it(`are ${MAX_PROFILES} of a tenant`, async () => {
    await http.service.database.query(
      `INSERT INTO device_config.configuration_profiles SELECT 'default', 'full-' || n, '{"mode":"off","values":[]}', now() FROM generate_series(1, $1) n ON CONFLICT DO NOTHING`,
      [MAX_PROFILES],
    );
    expect(await put('one-more', { mode: 'off', values: [] })).toMatchObject({ status: 409, body: { code: 'conflict' } });
    await http.service.database.query(`DELETE FROM device_config.configuration_profiles WHERE profile LIKE 'full-%'`);
  });
});

describe('/v1/stations/{station}/configuration', () => {
  it('shows what a station shall have, of its own and by profiles, and how far it is', async () => {
    await http.request('PUT', '/v1/stations/kept', {});
    await http.service.database.query(`UPDATE device_config.stations SET protocol = 'ocpp1.6', vendor = 'Acme' WHERE station = 'kept'`);
    await put('acme', { mode: 'apply', vendors: ['ACME'], values: [VALUE, { key: 'LocalPreAuthorize', value: 'true' }] });
    const own = { values: [{ component: 'OCPPCommCtrlr', variable: 'HeartbeatInterval', value: '30' }], paused: true };
    expect(await http.request('PUT', '/v1/stations/kept/configuration', own)).toMatchObject({
      status: 200,
      body: {
        ...{ station: 'kept', paused: true, state: 'pending', checking: false, checkedAt: null },
        items: [
          { key: 'HeartbeatInterval', value: '30', profile: null, state: 'pending', actual: null, result: null },
          { key: 'LocalPreAuthorize', value: 'true', profile: 'acme', mode: 'apply', state: 'pending' },
        ],
      },
    });
    expect(await http.request('PUT', '/v1/stations/kept/configuration', { paused: false })).toMatchObject({ status: 422 });
    expect(await http.request('PATCH', '/v1/stations/kept/configuration', { paused: false })).toMatchObject({
      status: 200,
      body: { paused: false, values: own.values },
    });
    expect(await http.request('POST', '/v1/stations/kept/configuration/check')).toMatchObject({
      status: 202,
      body: { nextCheckAt: null },
    });
    expect((await http.request('GET', '/v1/station-configurations?paused=false')).body).toMatchObject({
      items: [{ station: 'kept', state: null, differences: 0 }],
    });
    expect((await http.request('GET', '/v1/station-configurations?state=failed')).body).toMatchObject({ items: [] });
  });

  it('is 404 of a station that is unknown', async () => {
    expect(await http.request('PUT', '/v1/stations/nobody/configuration', { values: [] })).toMatchObject({ status: 404 });
  });
});
