import { randomUUID } from 'node:crypto';
import { COMMAND_RESULTS, CONNECTIONS } from '@voltbus/contracts';
import { endedCommand } from '../../testing/fake-commands';
import { startHttp, type HttpFixture } from '../../testing/start-http';

interface Shown {
  state: string;
  [member: string]: unknown;
}
let http: HttpFixture;
let stations = 0;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http?.close());

const path = (name: string) => `/v1/stations/${name}/security-profile-upgrade`;
const start = (name: string, body: object = { target: 2, url: 'wss://csms.test/ocpp' }) => http.request<Shown>('POST', path(name), body);
const shown = async (name: string) => (await http.request<Shown>('GET', path(name))).body;

async function station(protocol = 'ocpp1.6', root = true): Promise<string> {
  const name = `CS-U${++stations}`;
  await http.request('PUT', `/v1/stations/${name}`, { password: 'the password of it' });
  await http.service.database.query(
    'UPDATE device_config.stations SET protocol = $2, online = true, used_profile = 1, presence_epoch = 1 WHERE station = $1',
    [name, protocol],
  );
  if (root)
    await http.service.database.query(
      `INSERT INTO device_config.installed_certificates (tenant, station, id, kind, state, identity, changed_at)
       VALUES ('default', $1, $2, 'CSMSRootCertificate', 'foreign', '{}', now())`,
      [name, randomUUID()],
    );
  return name;
}

it('is refused for what it needs, for a lower profile, and for an address that is none', async () => {
  expect(await start(await station('ocpp1.6', false))).toMatchObject({ status: 409, body: { detail: expect.stringContaining('no root') } });
  const name = await station('ocpp2.0.1');
  expect(await start(name, { target: 3, url: 'wss://csms.test' })).toMatchObject({ status: 409 });
  expect(await start(name, { target: 1, url: 'wss://csms.test' })).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('raised') },
  });
  expect(await start(name, { target: 2 })).toMatchObject({ status: 422, body: { errors: [{ path: '/url' }] } });
  for (const url of ['ws://csms.test', 'https://csms.test', 'wss://me:secret@csms.test', 'x', `wss://${'x'.repeat(600)}`, 'wss://a\u0000b'])
    expect(await start(name, { target: 2, url })).toMatchObject({
      status: 422,
      body: { errors: expect.arrayContaining([expect.objectContaining({ path: '/url' })]) },
    });
  for (const target of [0, 4, 2 ** 40, '2', null])
    expect(await start(name, { target, url: 'wss://csms.test' })).toMatchObject({ status: 422 });
  expect(await start('nobody')).toMatchObject({ status: 404 });
  expect(await http.request('GET', path(name))).toMatchObject({ status: 404 });
  expect(await http.request('DELETE', path(name))).toMatchObject({ status: 409 });
});

it('A05, 1.6: is sent, watched until the station comes back with the new profile, told as an event, and never falls again', async () => {
  const name = await station();
  expect(await start(name)).toMatchObject({
    status: 202,
    body: { state: 'waiting', step: 'change', target: 2, slot: null, endedAt: null },
  });
  expect(await start(name)).toMatchObject({ status: 409 });
  const sweep = () => http.service.securityProfileUpgrades.sweep();
  await sweep();
  expect(await shown(name)).toMatchObject({ state: 'sent' });
  expect(await http.request('DELETE', path(name))).toMatchObject({ status: 409, body: { detail: expect.stringContaining('answer') } });
  const [row]: { command: string }[] = await http.service.database.query(
    'SELECT command FROM device_config.security_profile_upgrades WHERE station = $1',
    [name],
  );
  const ref = { tenant: 'default', station: name };
  const command = { ...ref, id: row?.command ?? '', action: 'ChangeConfiguration', payload: {} };
  const result = endedCommand({ ...command, response: { status: 'Accepted' } });
  await http.deliver(COMMAND_RESULTS.events.ended, [{ ...result, tenant: 'other' }]);
  await http.deliver(COMMAND_RESULTS.events.ended, [result, result, endedCommand({ ...command, response: { status: 'Rejected' } })]);
  expect(await shown(name)).toMatchObject({ state: 'reconnecting', until: expect.any(String) });
  const connected = {
    ...ref,
    protocol: 'ocpp1.6',
    gateway: 'gw',
    epoch: 2,
    at: new Date().toISOString(),
    reason: 'connected',
    securityProfile: 2,
  };
  await http.deliver(CONNECTIONS.events.connected, [connected, connected]);
  expect(await shown(name)).toMatchObject({ state: 'done', reason: null, until: null });
  expect((await http.request('GET', `/v1/stations/${name}`)).body).toMatchObject({ securityProfile: 2, reachedSecurityProfile: 2 });
  const events: { type: string }[] = await http.service.database.query(
    'SELECT type FROM device_config.security_events WHERE station = $1',
    [name],
  );
  expect(events.map(({ type }) => type)).toEqual(['security-profile-raised']);
  expect(await start(name)).toMatchObject({ status: 409 });
});

it('is cancelled, listed by state and station, of the tenant only, and goes with its station', async () => {
  const name = await station('ocpp2.1');
  await start(name);
  expect(await http.request('DELETE', path(name))).toMatchObject({
    status: 200,
    body: { state: 'cancelled', reason: 'an operator cancelled it' },
  });
  const list = async (query: string, tenant = 'default') =>
    (await http.request<{ items: Shown[] }>('GET', `/v1/security-profile-upgrades?${query}`, undefined, tenant)).body.items.map(
      (one) => one['station'],
    );
  expect(await list(`station=${name}&state=cancelled`)).toEqual([name]);
  expect(await list(`station=${name}&state=waiting`)).toEqual([]);
  await http.request('PUT', '/v1/tenants/acme', { currency: 'EUR', defaultTariff: null });
  expect(await list('', 'acme')).toEqual([]);
  expect(await http.request('DELETE', `/v1/stations/${name}`)).toMatchObject({ status: 204 });
  expect(await list(`station=${name}`)).toEqual([]);
});

it('of a station that went away and stays away is for an operator to end, and to start anew', async () => {
  const name = await station('ocpp2.0.1');
  await start(name);
  await http.service.database.query(
    `UPDATE device_config.security_profile_upgrades SET state = 'waiting', step = 'restore', may_have_it = true, epoch = 1, next_at = now() - interval '25 hours'
     WHERE station = $1`,
    [name],
  );
  await http.service.database.query('UPDATE device_config.stations SET online = false WHERE station = $1', [name]);
  expect(await http.request('DELETE', path(name))).toMatchObject({ status: 409, body: { detail: expect.stringContaining('taken back') } });
  await http.service.securityProfileUpgrades.sweep();
  expect(await shown(name)).toMatchObject({ state: 'unconfirmed', reason: expect.stringContaining('away') });
  expect(await http.request('DELETE', path(name))).toMatchObject({ status: 200, body: { state: 'cancelled' } });
  expect(await start(name)).toMatchObject({ body: { state: 'waiting' } });
});
