import { STATIONS } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/start-service';

let service: ServiceFixture;
beforeAll(async () => (service = await startService()));
afterAll(() => service?.close());

it('a deleted station takes its messages with it, and its deletion is published', async () => {
  const of = { tenant: 'default', station: 'gone' };
  await service.stations.put(of, {});
  await service.send({ protocol: 'ocpp1.6', station: 'gone' }, 'FirmwareStatusNotification', { status: 'Downloaded' });
  await service.send({ protocol: 'ocpp1.6', station: 'gone' }, 'StatusNotification', {
    connectorId: 1,
    errorCode: 'NoError',
    status: 'Available',
  });
  await service.stations.forget(of);
  for (const table of ['stations', 'connectors', 'messages', 'frames'])
    expect(await service.database.query(`SELECT FROM device_config.${table} WHERE station = 'gone'`)).toEqual([]);
  const published = await service.database.query<{ type: string; topic: string }[]>(
    `SELECT topic, headers->>'ce_type' AS type FROM device_config.outbox WHERE key = 'default/gone'`,
  );
  expect(published).toEqual([{ topic: STATIONS.name, type: 'voltbus.station.deleted' }]);
});
