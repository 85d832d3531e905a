import { DOWNLINK, META_HEADER, PROFILE_REQUESTS, unpackDownlink, type DownlinkMeta, type StationProfile } from '@voltbus/contracts';
import { TopicRecorder } from '@voltbus/testing';
import { startService, type ServiceFixture } from '../testing/start-service';

interface Down {
  key: string;
  meta: DownlinkMeta;
  value: unknown;
}

const BUCKET = 3;
const down = new TopicRecorder<Down>(({ key, headers, value }) => ({
  key,
  meta: unpackDownlink(headers[META_HEADER]),
  value: value.length === 0 ? null : JSON.parse(value.toString()),
}));
let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  await service.bus.follow({ name: 'gateway', topic: DOWNLINK, partition: BUCKET, handle: down.record });
  await service.service.start();
  await service.stations.put({ tenant: 'default', station: 'CS-1' }, { password: 'correct horse battery' });
});
afterAll(() => service?.close());

/** A gateway requests a profile; resolves to the profile that it is sent. */
async function request(station: string, tenant = 'default'): Promise<unknown> {
  const requestId = `request ${tenant}/${station} ${down.items.length}`;
  const requested = { tenant, station, requestId, inst: 'gw', bucket: BUCKET };
  await service.bus.publish(PROFILE_REQUESTS, { key: `${tenant}/${station}`, value: Buffer.from(JSON.stringify(requested)) });
  return (await down.first(({ meta }) => meta.kind === 'profile' && meta.inst === 'gw' && meta.requestId === requestId)).value;
}

it('sends a gateway the profile that an upgrade needs, and caches it for the next', async () => {
  const ref = { tenant: 'default', station: 'CS-UP' };
  await service.stations.put(ref, { password: 'correct horse battery' });
  const profile = await request('CS-UP');
  expect(profile).toMatchObject({ ...ref, known: true, securityProfile: 1, registration: 'unknown' });
  expect(await service.connections.profile(ref)).toEqual(profile);
});

it.each([
  ['station', 'nobody', 'default'],
  ['tenant', 'CS-1', 'no-such-tenant'],
])('answers for an unknown %s that it is unknown, with the demands there, and caches nothing', async (_, station, tenant) => {
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
    certificateOrganization: null,
  };
  expect(await request(station, tenant)).toEqual(unknown);
  expect(await service.connections.profile({ tenant, station })).toBeNull();
});

it('answers also while the registry is away', async () => {
  const away = jest.spyOn(service.connections, 'putProfile').mockRejectedValueOnce(new Error('away'));
  expect(await request('CS-1')).toMatchObject({ known: true });
  away.mockRestore();
});
