import { DEFAULT_REVIEW_FLAGS, TENANTS, type Tenant } from '@voltbus/contracts';
import { TopicRecorder } from '@voltbus/testing';
import { startService, type ServiceFixture } from '../testing/start-service';
import { DEMO_TENANT } from './domain/demo-tenant';

const published = new TopicRecorder(({ key, headers, value }) => ({
  key,
  type: headers['ce_type']?.toString(),
  value: JSON.parse(value.toString()) as Partial<Tenant>,
}));
let service: ServiceFixture;
beforeAll(async () => {
  service = await startService({ VOLTBUS_DEMO: 'true' });
  await service.bus.follow({ name: 'transaction', topic: TENANTS, handle: published.record });
  await service.service.start();
});
afterAll(() => service?.close());

it('publishes the tenant `default`, which exists from the first start, once', async () => {
  const { key, type, value } = await published.first(({ value: { tenant } }) => tenant === 'default');
  expect([key, type]).toEqual(['default/-', 'voltbus.tenant.changed']);
  const defaults = {
    name: 'default',
    unknownStations: 'refuse',
    unknownTokens: 'refuse',
    minSecurityProfile: 1,
    certificateOrganization: null,
    defaultTariff: null,
    keepMessagesHours: 24,
    showCost: false,
    masterPassGroup: null,
    reviewFlags: DEFAULT_REVIEW_FLAGS,
    reviewAbove: null,
  };
  expect(value).toMatchObject(defaults);
  await service.tenants.publishSeeded(new Date());
  expect(await service.database.query("SELECT published FROM device_config.tenants WHERE tenant = 'default'")).toEqual([
    { published: true },
  ]);
});

it('publishes every change of a tenant once, in order, and its deletion', async () => {
  const tenant: Tenant = {
    tenant: 'fleet',
    name: 'Fleet',
    unknownStations: 'register',
    unknownTokens: 'accept',
    minSecurityProfile: 0,
    certificateOrganization: 'ACME',
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
  await service.tenants.forget('fleet', new Date(4));
  await published.first(({ key, type }) => key === 'fleet/-' && type === 'voltbus.tenant.deleted');
  expect(published.items.filter(({ key }) => key === 'fleet/-').map(({ type, value }) => [type, value.name])).toEqual([
    ['voltbus.tenant.changed', 'Fleet'],
    ['voltbus.tenant.changed', 'The fleet'],
    ['voltbus.tenant.deleted', undefined],
  ]);
});

it('has the demo tenant in a demo, and leaves it as an operator has changed it', async () => {
  expect(await service.tenants.find('demo')).toEqual(DEMO_TENANT);
  await service.tenants.put({ ...DEMO_TENANT, name: 'Mine' }, new Date());
  await service.tenants.add(DEMO_TENANT, new Date());
  expect(await service.tenants.find('demo')).toEqual({ ...DEMO_TENANT, name: 'Mine' });
});
