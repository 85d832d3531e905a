import { STANDING_QUIRKS, SWITCHABLE_NAMES } from '@voltbus/contracts';
import { startHttp, type HttpFixture } from '../../testing/start-http';
import { MAX_PATTERNS, MAX_QUIRK_PROFILES } from '../../quirks';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
  await http.request('PUT', '/v1/tenants/other', { currency: 'EUR', defaultTariff: null });
});
afterAll(() => http?.close());

const put = (name: string, body: object) => http.request('PUT', `/v1/quirk-profiles/${name}`, body);
const ON = { quirk: 'no-pings', on: true };

describe('/v1/quirks', () => {
  it('shows every quirk, with what it is switched on with', async () => {
    const { body } = await http.request<{ items: { quirk: string; value: object | null; switchable: boolean }[] }>('GET', '/v1/quirks');
    expect(body.items.map(({ quirk }) => quirk)).toEqual([...SWITCHABLE_NAMES, ...Object.keys(STANDING_QUIRKS)]);
    expect(body.items.find(({ quirk }) => quirk === 'heartbeat-at-most')?.value).toMatchObject({
      kind: 'number',
      unit: 'seconds',
      least: 10,
      most: 86_400,
    });
    expect(body.items.filter(({ switchable }) => switchable)).toHaveLength(SWITCHABLE_NAMES.length);
  });
});

describe('/v1/quirk-profiles', () => {
  const whole = { description: null, vendors: [], models: [], firmwareVersions: [], groups: [], stations: [] };

  it('is made, read, changed in part and removed; another tenant does not see it', async () => {
    expect(await put('fleet', { quirks: [ON] })).toMatchObject({
      status: 201,
      body: { profile: 'fleet', ...whole, quirks: [{ ...ON, value: null }] },
    });
    expect(await http.request('PATCH', '/v1/quirk-profiles/fleet', { vendors: ['Ac*'] })).toMatchObject({
      status: 200,
      body: { vendors: ['Ac*'] },
    });
    expect((await http.request('GET', '/v1/quirk-profiles?search=FL')).body).toMatchObject({ items: [{ profile: 'fleet' }] });
    expect((await http.request('GET', '/v1/quirk-profiles', undefined, 'other')).body).toEqual({ items: [], nextCursor: null });
    expect(await http.request('GET', '/v1/quirk-profiles/fleet', undefined, 'other')).toMatchObject({ status: 404 });
    expect(await put('fleet', { quirks: [ON] })).toMatchObject({ status: 422, body: { errors: [{ path: '/vendors' }] } });
    expect(await http.request('DELETE', '/v1/quirk-profiles/fleet')).toMatchObject({ status: 204 });
    expect(await http.request('GET', '/v1/quirk-profiles/fleet')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it.each([
    [{}, '/quirks'],
    [{ quirks: [{ quirk: 'no-pings' }] }, '/quirks/0/on'],
    [{ quirks: [{ quirk: 'newest-connection-wins', on: false }] }, '/quirks/0/quirk'],
    [{ quirks: [ON, { ...ON, on: false }] }, 'twice'],
    [{ quirks: [{ ...ON, value: '1' }] }, 'has no value'],
    [{ quirks: [{ quirk: 'heartbeat-at-most', on: true, value: 60 }] }, '/quirks/0/value'],
    [{ quirks: [{ quirk: 'heartbeat-at-most', on: true, value: '1e2' }] }, 'from 10 to 86400'],
    [{ quirks: [{ quirk: 'heartbeat-at-most', on: false, value: '60' }] }, 'has no value'],
    [{ quirks: [{ quirk: 'heartbeat-at-most', on: true }] }, 'from 10 to 86400'],
    [{ quirks: [{ quirk: 'heartbeat-at-most', on: true, value: '9' }] }, 'from 10 to 86400'],
    [{ quirks: [{ quirk: 'heartbeat-at-most', on: true, value: '60.5' }] }, 'from 10 to 86400'],
    [{ quirks: [{ quirk: 'utc-times-are-local', on: true, value: 'Mars/Olympus' }] }, 'no time zone'],
    [{ quirks: [{ quirk: 'utc-times-are-local', on: true, value: '3' }] }, 'no time zone'],
    [{ quirks: [], vendors: [''] }, '/vendors/0'],
    [{ quirks: [], vendors: ['a\u0000'] }, '/vendors/0'],
    [{ quirks: [], models: ['\ud800'] }, '/models/0'],
    [{ quirks: [], stations: ['a'.repeat(101)] }, '/stations/0'],
    [{ quirks: [], stations: Array.from({ length: MAX_PATTERNS + 1 }, (_, at) => `${at}`) }, '/stations'],
    [{ quirks: [], colour: 'red' }, 'colour'],
  ])('refuses %j', async (body, why) => {
    const answer = await put('refused', body);
    expect(answer).toMatchObject({ status: 422 });
    expect(JSON.stringify(answer.body)).toContain(why);
  });

  it(`are ${MAX_QUIRK_PROFILES} of a tenant`, async () => {
    await http.service.database.query(
      `INSERT INTO device_config.quirk_profiles SELECT 'default', 'full-' || n, '{"quirks":[]}' FROM generate_series(1, $1) n`,
      [MAX_QUIRK_PROFILES],
    );
    expect(await put('one-more', { quirks: [] })).toMatchObject({ status: 409, body: { code: 'conflict' } });
    await http.service.database.query(`DELETE FROM device_config.quirk_profiles WHERE profile LIKE 'full-%'`);
  });
});

describe('/v1/stations/{station}/quirks', () => {
  it('shows what holds, and which profile says so', async () => {
    await http.request('PUT', '/v1/stations/held', {});
    await http.service.database.query(`UPDATE device_config.stations SET vendor = 'Acme' WHERE station = 'held'`);
    await put('acme', { vendors: ['a*'], quirks: [{ quirk: 'heartbeat-at-most', on: true, value: '60' }] });
    await put('held', { stations: ['held'], quirks: [{ quirk: 'available-ends', on: false }] });
    const { body } = await http.request<{ items: object[] }>('GET', '/v1/stations/held/quirks');
    expect(body.items).toHaveLength(SWITCHABLE_NAMES.length);
    expect(body.items).toEqual(
      expect.arrayContaining([
        { quirk: 'heartbeat-at-most', on: true, value: '60', profile: 'acme', level: 'vendor' },
        { quirk: 'available-ends', on: false, value: null, profile: 'held', level: 'station' },
        { quirk: 'no-pings', on: false, value: null, profile: null, level: 'default' },
      ]),
    );
    expect(await http.request('GET', '/v1/stations/nobody/quirks')).toMatchObject({ status: 404, body: { code: 'unknown-station' } });
    expect(await http.request('GET', '/v1/stations/held/quirks', undefined, 'other')).toMatchObject({ status: 404 });
  });
});
