import { STATIONS } from '@voltbus/contracts';
import { startHttp, type HttpFixture } from '../../testing/start-http';
import { MAX_LABELS } from './station-description';

let http: HttpFixture;
beforeAll(async () => (http = await startHttp()));
afterAll(() => http?.close());

const change = (method: 'PUT' | 'PATCH', station: string, body: object, tenant = 'default') =>
  http.request<{ detail?: string; errors?: { path: string }[] }>(method, `/v1/stations/${station}`, body, tenant);
const put = (station: string, body: object, tenant = 'default') => change('PUT', station, body, tenant);
const get = async (station: string) => (await http.request('GET', `/v1/stations/${station}`)).body;
const nowhere = { street: null, postalCode: null, city: null, country: null, latitude: null, longitude: null, timeZone: null };

/** Descriptions of a station as they are published, in order. */
async function published(station: string): Promise<unknown[]> {
  const rows: { value: string }[] = await http.service.database.query(
    `SELECT value FROM device_config.outbox WHERE topic = $1 AND key = $2 AND headers ->> 'ce_type' = 'voltbus.station.described' ORDER BY id`,
    [STATIONS.name, `default/${station}`],
  );
  return rows.map(({ value }) => JSON.parse(value) as unknown);
}

describe('the description of a station', () => {
  it('is stored and shown whole, and published where it changes', async () => {
    const place = { street: 'Am Tor 1', city: 'Köln', country: 'DEU', latitude: 50.94, longitude: -6.96, timeZone: 'Europe/Berlin' };
    const evseIds = [
      { evse: 2, evseId: 'DE*ABC*E2' },
      { evse: 1, evseId: 'de*abc*e1' },
    ];
    const described = {
      name: 'Tor',
      place: { ...nowhere, ...place },
      evseIds: evseIds.toReversed(),
      labels: { region: 'north', empty: '' },
    };
    expect(await put('whole', { ...described, place, evseIds })).toMatchObject({ body: described });
    expect(await get('whole')).toMatchObject(described);
    await change('PATCH', 'whole', { blocked: true, name: 'Tor', place: { city: 'Köln' } });
    expect(await published('whole')).toEqual([{ tenant: 'default', station: 'whole', ...described }]);
    await put('whole', { blocked: false });
    const none = { name: null, place: null, evseIds: [], labels: {} };
    expect(await get('whole')).toMatchObject(none);
    expect((await published('whole'))[1]).toEqual({ tenant: 'default', station: 'whole', ...none });
  });

  it('has no EVSE id that another station of the tenant has in some spelling, until that one gives it up', async () => {
    await http.request('PUT', '/v1/tenants/apart', { currency: 'EUR', defaultTariff: null });
    expect(await put('one', { evseIds: [{ evse: 1, evseId: 'DE*XYZ*E10' }] })).toMatchObject({ status: 201 });
    const same = { evseIds: [{ evse: 1, evseId: 'dexyze10' }] };
    const refused = await put('two', { ...same, name: 'unstored' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(refused.body.detail).toContain('station one has dexyze10');
    expect(await http.request('GET', '/v1/stations/two')).toMatchObject({ status: 404 });
    expect(await put('two', same, 'apart')).toMatchObject({ status: 201 });
    await http.request('DELETE', '/v1/stations/one');
    expect(await put('two', same)).toMatchObject({ status: 201 });
  });

  it('of two stations that take the same EVSE ids at once, in other orders, is given to one', async () => {
    const ids = ['DE*RAC*E1', 'DE*RAC*E2'];
    const evseIds = (order: string[]) => order.map((evseId, at) => ({ evse: at + 1, evseId }));
    const answers = await Promise.all([put('left', { evseIds: evseIds(ids) }), put('right', { evseIds: evseIds(ids.toReversed()) })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it.each([
    [{ name: '' }, '/name'],
    [{ name: 'a\nb' }, '/name'],
    [{ place: { latitude: 91, longitude: 0 } }, '/place/latitude'],
    [{ place: { latitude: 0, longitude: -180.5 } }, '/place/longitude'],
    [{ place: { latitude: 1 } }, '/place/longitude'],
    [{ place: { country: 'XX' } }, '/place/country'],
    [{ place: { country: 'de' } }, '/place/country'],
    [{ place: { timeZone: 'Europe/Atlantis' } }, '/place/timeZone'],
    [{ place: { timeZone: '+01:00' } }, '/place/timeZone'],
    [{ place: { timeZone: 'europe/berlin' } }, '/place/timeZone'],
    [{ place: { planet: 'Earth' } }, '/place/planet'],
    [{ evseIds: [{ evse: 0, evseId: 'DE*ABC*E1' }] }, '/evseIds/0/evse'],
    [{ evseIds: [{ evse: 1, evseId: 'DE*ABC*1' }] }, '/evseIds/0/evseId'],
    [{ evseIds: [{ evse: 1, evseId: `DE*ABC*E${'1'.repeat(32)}` }] }, '/evseIds/0/evseId'],
    [{ evseIds: [1, 1].map((evse, n) => ({ evse, evseId: `DE*DUP*E${n}` })) }, '/evseIds/1/evse'],
    [{ evseIds: ['DE*DUP*E1', 'DEDUPE1'].map((evseId, n) => ({ evse: n + 1, evseId })) }, '/evseIds/1/evseId'],
    [{ labels: { '-a': 'b' } }, '/labels/-a'],
    [{ labels: { a: 'b c' } }, '/labels/a'],
    [{ labels: { a: 'b'.repeat(64) } }, '/labels/a'],
    [{ labels: { ['a'.repeat(64)]: 'b' } }, `/labels/${'a'.repeat(64)}`],
    [{ labels: { [`${'a'.repeat(254)}/a`]: 'b' } }, `/labels/${'a'.repeat(254)}~1a`],
    [{ labels: Object.fromEntries(Array.from({ length: MAX_LABELS + 1 }, (_, n) => [`k${n}`, ''])) }, '/labels'],
  ])('is refused as %j', async (body, path) => {
    const { status, body: problem } = await put('wrong', body);
    expect({ status, paths: problem.errors?.map((error) => error.path) }).toEqual({ status: 422, paths: [path] });
  });

  it.each([
    { country: 'DE' },
    { timeZone: 'UTC' },
    { timeZone: 'Asia/Kolkata' },
    { timeZone: 'America/Argentina/Buenos_Aires' },
    { latitude: -90, longitude: 180 },
  ])('is taken with %j', async (place) => {
    expect(await put('right', { place })).toMatchObject({ body: { place: { ...nowhere, ...place } } });
  });
});
