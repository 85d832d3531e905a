import { MemoryBus, type Subscription } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import {
  DEFAULT_REVIEW_FLAGS,
  CONNECTIONS,
  DOWNLINK,
  LANES,
  META_HEADER,
  PROFILE_REQUESTS,
  TENANTS,
  packUplink,
  toCloudEventHeaders,
  unpackDownlink,
  type ConnectionEvent,
  type DownlinkMeta,
  type StationProfile,
  type StationRef,
  type Tenant,
} from '@voltbus/contracts';
import { Heard, freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { DEMO_TENANT } from './tenants/domain/demo-tenant';
import { openService, type Service } from './wiring';
import { DeviceConfigWorker } from './worker';

const BUCKET = 3;
const CS_1 = { tenant: 'default', station: 'CS-1' };

interface Down {
  key: string;
  meta: DownlinkMeta;
  value: unknown;
}

let bus: MemoryBus;
let service: Service;
let worker: DeviceConfigWorker;
let drop: () => Promise<void>;
const connections = new MemoryConnections();
const listeners: Subscription[] = [];
const down = new Heard<Down>(({ key, headers, value }) => ({
  key,
  meta: unpackDownlink(headers[META_HEADER]),
  value: value.length === 0 ? null : JSON.parse(value.toString()),
}));
const told = new Heard(({ key, headers, value }) => ({
  key,
  type: headers['ce_type']?.toString(),
  value: JSON.parse(value.toString()) as Partial<Tenant>,
}));

beforeAll(async () => {
  bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const database = await freshDatabase();
  drop = database.drop;
  const parts = { bus, logger: silentLogger, metrics: testMetrics() };
  service = await openService({ url: database.url, poolSize: 4, pepper: 'p'.repeat(32), heartbeatSeconds: 60, connections, ...parts });
  worker = new DeviceConfigWorker({ service, demo: true, ...parts });
  listeners.push(await bus.follow({ name: 'gateway', topic: DOWNLINK, partition: BUCKET, handle: down.take }));
  listeners.push(await bus.follow({ name: 'transaction', topic: TENANTS, handle: told.take }));
  await worker.start();
  await service.stations.put(CS_1, { password: 'correct horse battery' });
});
afterAll(async () => {
  await worker?.stop();
  for (const listener of listeners) await listener.close();
  await bus?.close();
  await service?.database.destroy();
  await drop?.();
});

/** A gateway asks; what it is told. */
async function ask(station: string, tenant = 'default'): Promise<unknown> {
  const requestId = `ask ${tenant}/${station} ${down.items.length}`;
  const request = { tenant, station, requestId, inst: 'gw', bucket: BUCKET };
  await bus.publish(PROFILE_REQUESTS, { key: `${tenant}/${station}`, value: Buffer.from(JSON.stringify(request)) });
  return (await down.first(({ meta }) => meta.kind === 'profile' && meta.inst === 'gw' && meta.requestId === requestId)).value;
}
/** What a gateway puts on the lane; resolves when the service has it for good. */
function say(messageId: string, action: string, payload: object, station: string): Promise<void> {
  const meta = packUplink({
    protocol: 'ocpp1.6',
    action,
    messageId,
    ack: 'service',
    returnTo: { inst: 'gw', bucket: BUCKET, epoch: 4 },
    registration: 'unknown',
    checked: 'no',
    receivedAt: Date.now(),
    answerBy: Date.now() + 10_000,
  });
  const value = Buffer.from(JSON.stringify([2, messageId, action, payload]));
  return bus.publish(LANES.device, { key: `default/${station}`, value, headers: { [META_HEADER]: meta } });
}
function tell(kind: 'connected' | 'disconnected' | 'refused', event: Partial<ConnectionEvent>): Promise<void> {
  const at = '2026-01-01T00:00:00.000Z';
  const value = { tenant: 'default', protocol: 'ocpp1.6', gateway: 'gw', epoch: 4, at, reason: kind, ...event };
  const type = `voltbus.station.${kind}`;
  const headers = toCloudEventHeaders({ id: 'id', type, source: '/voltbus/gateway', time: at, subject: 'default/x', tenant: 'default' });
  return bus.publish(CONNECTIONS, { key: `default/${event.station ?? '-'}`, value: Buffer.from(JSON.stringify(value)), headers });
}

it('tells of the tenant `default`, which is there from the first start', async () => {
  const { key, type, value } = await told.first(({ value: { tenant } }) => tenant === 'default');
  expect([key, type]).toEqual(['default/-', 'voltbus.tenant.changed']);
  const defaults = {
    name: 'default',
    unknownStations: 'refuse',
    unknownTokens: 'refuse',
    minSecurityProfile: 1,
    defaultTariff: null,
    keepMessagesHours: 24,
    showCost: false,
    masterPassGroup: null,
    reviewFlags: DEFAULT_REVIEW_FLAGS,
    reviewAbove: null,
  };
  expect(value).toMatchObject(defaults);
  await service.tenants.publishSeeded(new Date());
  expect(await service.database.query("SELECT told FROM device_config.tenants WHERE tenant = 'default'")).toEqual([{ told: true }]);
});

it('tells every change of a tenant once, in order, and its end', async () => {
  const tenant: Tenant = {
    tenant: 'fleet',
    name: 'Fleet',
    unknownStations: 'register',
    unknownTokens: 'accept',
    minSecurityProfile: 0,
    currency: 'EUR',
    defaultTariff: null,
    keepMessagesHours: 24,
    showCost: false,
    masterPassGroup: null,
    reviewFlags: ['energy-doubtful'],
    reviewAbove: '80.00',
  };
  await service.tenants.put(tenant, new Date(1));
  await service.tenants.put(tenant, new Date(2));
  await service.tenants.put({ ...tenant, name: 'The fleet' }, new Date(3));
  await service.tenants.remove('fleet', new Date(4));
  service.relay.wake();
  await told.first(({ key, type }) => key === 'fleet/-' && type === 'voltbus.tenant.deleted');
  expect(told.items.filter(({ key }) => key === 'fleet/-').map(({ type, value }) => [type, value.name])).toEqual([
    ['voltbus.tenant.changed', 'Fleet'],
    ['voltbus.tenant.changed', 'The fleet'],
    ['voltbus.tenant.deleted', undefined],
  ]);
});

it('answers a gateway what an upgrade needs to know, and caches it for the next', async () => {
  const ref = { tenant: 'default', station: 'CS-UP' };
  await service.stations.put(ref, { password: 'correct horse battery' });
  const profile = await ask('CS-UP');
  expect(profile).toMatchObject({ ...ref, known: true, securityProfile: 1, registration: 'unknown' });
  expect(await connections.profile(ref)).toEqual(profile);
});

it.each([
  ['station', 'nobody', 'default'],
  ['tenant', 'CS-1', 'no-such-tenant'],
])('answers of an unknown %s that it is unknown, with what is demanded there, and caches nothing', async (_, station, tenant) => {
  const unknown: StationProfile = {
    tenant,
    station,
    known: false,
    blocked: false,
    securityProfile: 1,
    keyHashes: [],
    registration: 'unknown',
    unknownStations: 'refuse',
    answersUpdates: false,
    keepsMessages: tenant === 'default',
  };
  expect(await ask(station, tenant)).toEqual(unknown);
  expect(await connections.profile({ tenant, station })).toBeNull();
});

it('answers also while the registry is away', async () => {
  const away = jest.spyOn(connections, 'putProfile').mockRejectedValueOnce(new Error('away'));
  expect(await ask('CS-1')).toMatchObject({ known: true });
  away.mockRestore();
});

it('B01.FR.02 answers a boot where it came from, with the registration for its gateway', async () => {
  await say('b1', 'BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }, 'CS-1');
  const { meta, value } = await down.first((one) => one.meta.kind === 'reply' && one.meta.messageId === 'b1');
  expect(meta).toEqual({ kind: 'reply', inst: 'gw', epoch: 4, messageId: 'b1', registration: 'accepted' });
  expect(value).toMatchObject([3, 'b1', { status: 'Accepted', interval: 60 }]);
});

it.each([
  ['blocked', (ref: StationRef): Promise<void> => service.stations.put(ref, { blocked: true })],
  ['deleted', async (ref: StationRef): Promise<void> => void (await service.stations.remove(ref))],
] as const)('turns out a station that was %s while it was being let in', async (reason, change) => {
  const ref = { tenant: 'default', station: `late-${reason}` };
  await service.stations.put(ref, {});
  await change(ref);
  const { epoch } = await connections.acquire(ref, { inst: 'gw', bucket: BUCKET, protocol: 'ocpp1.6', lastSeenAt: 0 });
  await tell('connected', { station: ref.station, epoch });
  const evicted = await down.first(({ key, meta }) => key === `default/${ref.station}` && meta.kind === 'evict');
  expect(evicted.meta).toEqual({ kind: 'evict', inst: 'gw', epoch, reason });
});

it('lets in whoever a tenant wants registered at its first boot', async () => {
  await service.tenants.add({ ...DEMO_TENANT, tenant: 'open' }, new Date());
  await service.stations.put({ tenant: 'default', station: 'welcome' }, {});
  const evictions = down.items.filter(({ meta }) => meta.kind === 'evict').length;
  for (const ref of [
    { tenant: 'open', station: 'stranger' },
    { tenant: 'default', station: 'welcome' },
  ]) {
    const { epoch } = await connections.acquire(ref, { inst: 'gw', bucket: BUCKET, protocol: 'ocpp1.6', lastSeenAt: 0 });
    await tell('connected', { ...ref, epoch });
  }
  await service.evictions.sweep();
  expect(down.items.filter(({ meta }) => meta.kind === 'evict')).toHaveLength(evictions);
});

it('has the demo tenant where a demo is wanted, and leaves it as it was made since', async () => {
  expect(await service.tenants.find('demo')).toEqual(DEMO_TENANT);
  await service.tenants.put({ ...DEMO_TENANT, name: 'Mine' }, new Date());
  await service.tenants.add(DEMO_TENANT, new Date());
  expect(await service.tenants.find('demo')).toEqual({ ...DEMO_TENANT, name: 'Mine' });
});

it('keeps who came and who went; whom a gateway refused was never there', async () => {
  const online = async () => (await service.database.query(`SELECT online FROM device_config.stations WHERE station = 'CS-1'`))[0];
  await tell('connected', { station: 'CS-1', epoch: 6 });
  expect(await online()).toEqual({ online: true });
  await tell('refused', { station: 'CS-1', epoch: 7 });
  expect(await online()).toEqual({ online: true });
  await tell('disconnected', { station: 'CS-1', epoch: 6 });
  expect(await online()).toEqual({ online: false });
  expect(worker.trouble()).toBeNull();
});
