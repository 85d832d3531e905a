import { range } from '@voltbus/testing';
import { startService, type ServiceFixture } from '../testing/start-service';
import { availability } from './block';
import { MAX_FIRMWARE_VERSIONS } from './fleet-gauge';

let service: ServiceFixture;
beforeAll(async () => (service = await startService()));
afterAll(() => service?.close());

async function stations(prefix: string, count: number, version: string | null, online = false): Promise<void> {
  for (const place of range(count)) await service.stations.put({ tenant: 'default', station: `${prefix}-${place}` }, {});
  const update = 'UPDATE device_config.stations SET firmware_version = $1, online = $2 WHERE station LIKE $3';
  await service.database.query(update, [version, online, `${prefix}-%`]);
}

it('counts stations by state and by firmware: the most frequent versions by name, all others together', async () => {
  await stations('current', 4, '2.1', true);
  await stations('silent', 2, null);
  await stations('impostor', 3, 'other');
  for (const version of range(MAX_FIRMWARE_VERSIONS + 5)) await stations(`old${version}`, 2, `1.${version}`);
  await service.service.use(availability).fleetGauge.measure();

  const firmware = service.metrics.series('station_firmware') as { value: number; labels: { version: string } }[];
  const byVersion = new Map(firmware.map(({ value, labels }) => [labels.version, value]));
  expect(firmware).toHaveLength(byVersion.size); // no series twice
  expect(byVersion.size).toBeLessThanOrEqual(MAX_FIRMWARE_VERSIONS + 1);
  expect(byVersion.get('2.1')).toBe(4);
  // 25 old versions of 2 stations each, of which those beyond the twentieth place are not named, and the impostor
  const named = [...byVersion.keys()].filter((version) => version.startsWith('1.'));
  expect(named).toHaveLength(MAX_FIRMWARE_VERSIONS - 2);
  expect(byVersion.get('other')).toBe(3 + 2 * (MAX_FIRMWARE_VERSIONS + 5 - named.length));
  expect(service.metrics.series('stations')).toEqual([
    { value: 4, labels: { state: 'online' } },
    { value: 5 + 2 * (MAX_FIRMWARE_VERSIONS + 5), labels: { state: 'offline' } },
  ]);
});
