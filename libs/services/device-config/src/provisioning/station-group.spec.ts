import { STATIONS } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/start-service';

let service: ServiceFixture;
beforeAll(async () => (service = await startService()));
afterAll(() => service?.close());

const ref = (station: string) => ({ tenant: 'default', station });
const PASSWORD = 'correct horse battery';

/** Groups of a station as the outbox publishes them, in order. */
async function publishedGroups(station: string): Promise<unknown[]> {
  const rows: { headers: Record<string, string>; value: string }[] = await service.database.query(
    'SELECT headers, value FROM device_config.outbox WHERE topic = $1 AND key = $2 ORDER BY id',
    [STATIONS.name, `default/${station}`],
  );
  expect(rows.every(({ headers }, nth) => headers['ce_type'] === 'voltbus.station.grouped' || nth === rows.length - 1)).toBe(true);
  return rows.map(({ value }) => (JSON.parse(value) as { group: string | null }).group);
}

describe('the group of a station', () => {
  it('is shown, stays when other members are put, and is published each time it changes', async () => {
    await service.stations.put(ref('CS-1'), { password: PASSWORD, group: 'depot' });
    await service.stations.put(ref('CS-1'), { registration: 'pending' });
    await service.stations.put(ref('CS-1'), { group: 'depot' });
    expect(await service.directory.find(ref('CS-1'))).toMatchObject({ group: 'depot', registration: 'pending' });
    await service.stations.put(ref('CS-1'), { group: 'street' });
    await service.stations.put(ref('CS-1'), { group: null });
    expect(await service.directory.find(ref('CS-1'))).toMatchObject({ group: null });
    expect(await publishedGroups('CS-1')).toEqual(['depot', 'street', null]);
  });

  it('ends with the station: one of the same name that comes later has none', async () => {
    await service.stations.put(ref('CS-2'), { group: 'depot' });
    await service.stations.forget(ref('CS-2'));
    await service.stations.put(ref('CS-2'), {});
    expect(await service.directory.find(ref('CS-2'))).toMatchObject({ group: null });
    expect(await publishedGroups('CS-2')).toEqual(['depot', null]);
  });

  it('is in none when it goes, also where it was in none', async () => {
    await service.stations.put(ref('CS-3'), { password: PASSWORD });
    await service.stations.forget(ref('CS-3'));
    expect(await publishedGroups('CS-3')).toEqual([null]);
  });
});
