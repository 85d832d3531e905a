import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import { BareFace, TARIFF_DIRECTORY } from '@voltbus/http';
import { BUS, CONNECTIONS, HEALTH, LIFECYCLE, LOGGER, METRICS, type Part, type Phase } from '@voltbus/runtime';
import { freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { DeviceConfigHttpModule, DeviceConfigWorkerModule } from '../device-config.module';
import type { Service } from '../wiring';
import { noTariffs } from '../testing/start-http.module';
import { DEVICE_CONFIG_SERVICE } from './injection';

const PASSWORD = 'correct horse battery';
const connections = new MemoryConnections({ leaseTtlMs: 3_600_000 });
const parts: string[] = [];
let face: BareFace;
let bus: MemoryBus;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await freshDatabase();
  drop = database.drop;
  bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  face = await BareFace.of({
    modules: [DeviceConfigWorkerModule, DeviceConfigHttpModule],
    databaseUrl: database.url,
    logger: silentLogger,
    provided: [
      [BUS, bus],
      [CONNECTIONS, connections],
      [LOGGER, silentLogger],
      [METRICS, testMetrics()],
      [HEALTH, { addCheck: () => undefined }],
      [TARIFF_DIRECTORY, noTariffs],
      [LIFECYCLE, { add: (phase: Phase, { name }: Part) => void parts.push(`${phase}: ${name}`) }],
    ],
  });
});
afterAll(async () => {
  const service = face?.provided<Service>(DEVICE_CONFIG_SERVICE);
  await service?.relay.stop();
  await service?.database.destroy();
  await face?.close();
  await bus?.close();
  await drop?.();
});

it('has one database for its worker and its HTTP face where both are in one process', () => {
  expect([...parts].sort()).toEqual(['resources: device-config database', 'work: device-config', 'work: uses of API keys']);
});

interface Items {
  items: { station?: string; tenant?: string }[];
  nextCursor: string | null;
}
const ask = <T = Record<string, unknown>>(method: 'GET' | 'PUT' | 'DELETE', url: string, body?: object, tenant = 'default') =>
  face.ask<T>(method, url, { body, tenant });

const DEFAULTS = {
  unknownStations: 'refuse',
  unknownTokens: 'refuse',
  minSecurityProfile: 1,
  currency: 'EUR',
  defaultTariff: null,
  keepMessagesHours: 24,
  showCost: false,
  masterPassGroup: null,
  reviewFlags: [
    'energy-doubtful',
    'energy-implausible',
    'register-jump',
    'start-register-doubtful',
    'stop-before-start',
    'time-implausible',
  ],
  reviewAbove: null,
};

describe('/v1/tenants', () => {
  it('has `default` from the first start', async () => {
    expect(await ask('GET', '/v1/tenants/default')).toEqual({ status: 200, body: { tenant: 'default', name: 'default', ...DEFAULTS } });
  });

  it('fills in what is left out, replaces, lists and forgets', async () => {
    expect(await ask('PUT', '/v1/tenants/fleet', {})).toEqual({ status: 200, body: { tenant: 'fleet', name: 'fleet', ...DEFAULTS } });
    const demo = { tenant: 'fleet', name: 'Fleet', ...DEFAULTS, unknownStations: 'register', minSecurityProfile: 0, currency: 'SEK' };
    expect(await ask('PUT', '/v1/tenants/fleet', demo)).toEqual({ status: 200, body: demo });
    expect(await ask('GET', '/v1/tenants/fleet')).toEqual({ status: 200, body: demo });
    const listed: Items['items'] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: { body: Items } = await ask<Items>('GET', `/v1/tenants?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(body.items).toHaveLength(1);
      listed.push(...body.items);
      cursor = body.nextCursor;
    }
    const names = listed.map(({ tenant }) => tenant);
    expect(names).toEqual([...new Set(names)].sort());
    expect(names).toEqual(expect.arrayContaining(['default', 'fleet']));
    expect(await ask('DELETE', '/v1/tenants/fleet')).toEqual({ status: 204, body: null });
    expect(await ask('DELETE', '/v1/tenants/fleet')).toMatchObject({ status: 404 });
    expect(await ask('GET', '/v1/tenants/fleet')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('does not lose which CDRs are to be looked at by leaving it out, and takes none for none', async () => {
    const put = (body: object) => ask('PUT', '/v1/tenants/careful', body);
    const careful = { reviewFlags: ['clock', 'no-energy'], reviewAbove: '80.00' };
    expect(await put({ ...careful, reviewFlags: ['no-energy', 'clock', 'clock'] })).toMatchObject({ status: 200, body: careful });
    const lost = await put({ name: 'Careful' });
    expect(lost).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(JSON.stringify(lost.body)).toMatch(/\/reviewFlags.*\/reviewAbove/);
    expect(await ask('GET', '/v1/tenants/careful')).toMatchObject({ body: careful });
    expect(await put({ reviewFlags: [], reviewAbove: null })).toMatchObject({ status: 200, body: { reviewFlags: [], reviewAbove: null } });
  });

  it('keeps a tenant that still has stations', async () => {
    await ask('PUT', '/v1/tenants/busy', {});
    await ask('PUT', '/v1/stations/CS-1', {}, 'busy');
    expect(await ask('DELETE', '/v1/tenants/busy')).toMatchObject({ status: 409, body: { code: 'conflict' } });
    await ask('DELETE', '/v1/stations/CS-1', undefined, 'busy');
    expect(await ask('DELETE', '/v1/tenants/busy')).toMatchObject({ status: 204 });
  });

  it.each([
    ['/v1/tenants/Fleet', {}, 'no name of a tenant'],
    ['/v1/tenants/a', { minSecurityProfile: 4 }, '/minSecurityProfile'],
    ['/v1/tenants/a', { currency: 'euro' }, '/currency'],
    ['/v1/tenants/a', { unknownStations: 'accept' }, '/unknownStations'],
    ['/v1/tenants/a', { keepMessagesHours: 169 }, '/keepMessagesHours'],
    ['/v1/tenants/a', { reviewFlags: ['energy-dubious'] }, '/reviewFlags/0: is none of clock, '],
    ['/v1/tenants/a', { reviewFlags: 'clock' }, '/reviewFlags'],
    ['/v1/tenants/a', { reviewAbove: 500 }, '/reviewAbove'],
    ['/v1/tenants/a', { reviewAbove: '-1' }, '/reviewAbove'],
    ['/v1/tenants/a', { tenant: 'b' }, 'another tenant'],
    ['/v1/tenants/a', { colour: 'red' }, 'colour'],
  ])('refuses PUT %s %j, saying why', async (url, body, why) => {
    const answer = await ask('PUT', url, body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(JSON.stringify(answer.body)).toContain(why);
  });
});

describe('/v1/stations', () => {
  const fresh = {
    online: false,
    protocol: null,
    registration: 'accepted',
    securityProfile: 1,
    blocked: false,
    pinnedProtocol: null,
    group: null,
    lastSeenAt: null,
    vendor: null,
    model: null,
    serialNumber: null,
    conflict: null,
    firmwareVersion: null,
    state: null,
    evses: [],
    reportsNotKept: 0,
  };

  it('keeps a station, never shows its password, and forgets it', async () => {
    const name = 'Halle 3/Säule 1';
    const url = `/v1/stations/${encodeURIComponent(name)}`;
    expect(await ask('PUT', url, { station: name, password: PASSWORD })).toEqual({ status: 200, body: { station: name, ...fresh } });
    expect(await ask('GET', url)).toEqual({ status: 200, body: { station: name, ...fresh } });
    expect(await ask('GET', url, undefined, 'other')).toMatchObject({ status: 404 });
    expect(await ask('DELETE', url)).toEqual({ status: 204, body: null });
    expect(await ask('DELETE', url)).toMatchObject({ status: 404 });
    expect(await ask('GET', url)).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('shows who is there, with its connectors by EVSE', async () => {
    await ask('PUT', '/v1/stations/live', { securityProfile: 2 });
    const by = { inst: 'gw', bucket: 0, protocol: 'ocpp1.6' as const, lastSeenAt: Date.UTC(2026, 0, 1) };
    await connections.renewLease({ inst: 'gw', bucket: 0 });
    await connections.acquire({ tenant: 'default', station: 'live' }, by);
    const { database } = face.provided<Service>(DEVICE_CONFIG_SERVICE);
    await database.query(`INSERT INTO device_config.connectors VALUES ('default', 'live', 0, 0, 'Available', 'NoError', '2026-01-01', 1),
      ('default', 'live', 1, 1, 'Charging', 'NoError', '2026-01-01', 1), ('default', 'live', 1, 2, 'Available', NULL, '2026-01-01', 1)`);
    const status = (text: string, errorCode: string | null = 'NoError') => ({
      status: text,
      errorCode,
      changedAt: expect.stringMatching(/Z$/) as string,
    });
    expect((await ask('GET', '/v1/stations/live')).body).toMatchObject({
      online: true,
      protocol: 'ocpp1.6',
      securityProfile: 2,
      lastSeenAt: '2026-01-01T00:00:00.000Z',
      state: status('Available'),
      evses: [
        {
          evse: 1,
          connectors: [
            { connector: 1, ...status('Charging') },
            { connector: 2, ...status('Available', null) },
          ],
        },
      ],
    });
  });

  it('pins a station to a version that there is, and takes that back (quirk 24)', async () => {
    for (const pinnedProtocol of ['ocpp1.6', null])
      expect(await ask('PUT', '/v1/stations/pinned', { pinnedProtocol })).toMatchObject({ status: 200, body: { pinnedProtocol } });
    expect(await ask('PUT', '/v1/stations/pinned', { pinnedProtocol: 'ocpp1.5' })).toMatchObject({ status: 422 });
    expect(await ask('DELETE', '/v1/stations/pinned')).toMatchObject({ status: 204 });
  });

  it('lists a tenant’s stations page by page, and knows no list of a tenant that is none', async () => {
    await ask('PUT', '/v1/tenants/pages', {});
    expect((await ask('GET', '/v1/stations', undefined, 'pages')).body).toEqual({ items: [], nextCursor: null });
    for (const name of ['a', 'b', 'c']) await ask('PUT', `/v1/stations/${name}`, {}, 'pages');
    const first = (await ask<Items>('GET', '/v1/stations?limit=2', undefined, 'pages')).body;
    const second = (await ask<Items>('GET', `/v1/stations?limit=2&cursor=${first.nextCursor}`, undefined, 'pages')).body;
    expect([...first.items, ...second.items].map(({ station }) => station)).toEqual(['a', 'b', 'c']);
    expect(second.nextCursor).toBeNull();
    expect(await ask('GET', '/v1/stations', undefined, 'no-such-tenant')).toMatchObject({
      status: 404,
      body: { code: 'not-found' },
    });
    const nul = Buffer.from('a\0').toString('base64url');
    expect(await ask('GET', `/v1/stations?cursor=${nul}`)).toMatchObject({ status: 400 });
  });

  it('belongs to a tenant that is there', async () => {
    expect(await ask('PUT', '/v1/stations/a', {}, 'no-such-tenant')).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(await ask('GET', '/v1/stations/a', undefined, 'no-such-tenant')).toMatchObject({ status: 404 });
  });

  it.each([
    ['a', { password: 'too short' }, '/password'],
    ['a', { password: `${PASSWORD}\n` }, '/password'],
    ['a', { securityProfile: 0 }, 'the tenant demands at least 1'],
    ['a', { registration: 'unknown' }, '/registration'],
    ['a', { vendor: 'V' }, 'vendor'],
    ['a', { station: 'b' }, 'another station'],
    ['x'.repeat(49), {}, '48'],
    ['a%00b', {}, 'control characters'],
    ['a%C2%85b', {}, 'control characters'],
  ])('refuses PUT %s %j, saying why', async (name, body, why) => {
    const answer = await ask('PUT', `/v1/stations/${name}`, body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(JSON.stringify(answer.body)).toContain(why);
    expect(JSON.stringify(answer.body)).not.toContain(PASSWORD);
  });
});
