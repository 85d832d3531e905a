import { randomUUID } from 'node:crypto';
import { startHttp, type HttpFixture } from '../../testing/start-http';

let http: HttpFixture;
let stations = 0;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http?.close());

interface Shown {
  id: string;
  station: string;
  state: string;
  [member: string]: unknown;
}

/** A station that has connected once. */
async function station(body: object = { password: 'the old password of it' }, protocol: string | null = 'ocpp2.0.1'): Promise<string> {
  const name = `CS-R${++stations}`;
  await http.request('PUT', `/v1/stations/${name}`, body);
  await http.service.database.query('UPDATE device_config.stations SET protocol = $2 WHERE station = $1', [name, protocol]);
  return name;
}
const path = (name: string, more = '') => `/v1/stations/${name}/password-rotation${more}`;
const rotate = (name: string) => http.request<Shown>('POST', path(name));
/** As if it had been sent, and the station had not answered. */
const makeUnconfirmed = (name: string) =>
  http.service.database.query(
    `UPDATE device_config.password_rotations SET state = 'unconfirmed', may_have_it = true, tries = 5, next_at = NULL WHERE station = $1`,
    [name],
  );

describe('/v1/stations/{station}/password-rotation', () => {
  it('begins, is shown without any password, and is not begun twice', async () => {
    const name = await station();
    expect(await http.request('GET', path(name))).toMatchObject({ status: 404, body: { code: 'not-found' } });
    const { status, body } = await rotate(name);
    expect(status).toBe(202);
    expect(body).toEqual({
      ...{ station: name, id: expect.any(String), state: 'waiting', reason: null, tries: 0, campaign: null },
      ...{ startedAt: expect.any(String), nextAt: expect.any(String), sentAt: null, acceptedAt: null, endedAt: null },
    });
    expect(await http.request('GET', path(name))).toEqual({ status: 200, body });
    expect(await rotate(name)).toMatchObject({ status: 409, body: { code: 'conflict', detail: expect.stringContaining('waiting') } });
  });

  it('is tried again when it is unconfirmed, as the same rotation', async () => {
    const name = await station();
    const { body } = await rotate(name);
    await makeUnconfirmed(name);
    expect(await rotate(name)).toMatchObject({
      status: 202,
      body: { id: body.id, state: 'unconfirmed', tries: 0, nextAt: expect.any(String) },
    });
  });

  it.each<[string, object, string | null]>([
    ['has no password', {}, 'ocpp1.6'],
    ['never connected', { password: 'the old password of it' }, null],
  ])('is refused for a station that %s', async (why, body, protocol) => {
    expect(await rotate(await station(body, protocol))).toMatchObject({ status: 409, body: { detail: expect.stringContaining(why) } });
  });

  it('is refused for a station that proves itself by a certificate, and for none', async () => {
    const name = await station();
    await http.service.database.query('UPDATE device_config.stations SET reached_profile = 3 WHERE station = $1', [name]);
    expect(await rotate(name)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('certificate') } });
    expect(await rotate('nobody')).toMatchObject({ status: 404, body: { code: 'unknown-station' } });
  });

  it('ends as an operator decides', async () => {
    const name = await station();
    const end = (keep: unknown) => http.request<Shown>('POST', path(name, '/end'), { keep });
    expect(await end('new')).toMatchObject({ status: 409 });
    await rotate(name);
    expect(await end('new')).toMatchObject({ status: 409, body: { detail: 'the station was not sent the new password' } });
    await makeUnconfirmed(name);
    expect(await end('both')).toMatchObject({ status: 422, body: { errors: [{ path: '/keep' }] } });
    expect(await end('new')).toMatchObject({ status: 200, body: { state: 'done', reason: 'an operator decided', nextAt: null } });
    expect(await end('old')).toMatchObject({ status: 409, body: { detail: 'no rotation is open' } });
    expect(await http.request('POST', path('nobody', '/end'), { keep: 'old' })).toMatchObject({ status: 404 });
  });

  it('goes with its station', async () => {
    const name = await station();
    await rotate(name);
    expect(await http.request('DELETE', `/v1/stations/${name}`)).toMatchObject({ status: 204 });
    expect(await http.service.database.query('SELECT FROM device_config.password_rotations WHERE station = $1', [name])).toEqual([]);
  });
});

describe('GET /v1/password-rotations', () => {
  it('lists by state, station and campaign, and of the tenant only', async () => {
    const [open, over] = [await station(), await station()];
    await rotate(open);
    await rotate(over);
    await makeUnconfirmed(over);
    await http.request('POST', path(over, '/end'), { keep: 'old' });
    const list = async (query: string, tenant = 'default') => {
      const { body } = await http.request<{ items: Shown[] }>('GET', `/v1/password-rotations?${query}`, undefined, tenant);
      return body.items.map((one) => [one.station, one.state]);
    };
    expect(await list(`station=${open},${over}&sort=station`)).toEqual([
      [open, 'waiting'],
      [over, 'cancelled'],
    ]);
    expect(await list(`station=${open},${over}&state=cancelled`)).toEqual([[over, 'cancelled']]);
    expect(await list(`campaign=${randomUUID()}`)).toEqual([]);
    await http.request('PUT', '/v1/tenants/acme', { currency: 'EUR', defaultTariff: null });
    expect(await list('', 'acme')).toEqual([]);
  });
});
