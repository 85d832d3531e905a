import { join } from 'node:path';
import { declaredIn, outcomesOf, recordAsked } from '@voltbus/database/testing';
import { startService, type ServiceFixture } from '../testing/start-service';

const many = Array.from({ length: 6 }, (_, index) => index);

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
  for (const station of many) await service.stations.put({ tenant: 'default', station: `S${station}` }, {});
});
afterAll(() => service?.close());

it('every statement that says how it is merged returns and leaves merged what it does by itself', async () => {
  const asked = recordAsked();
  const boots = many.map((station) =>
    service.send({ protocol: 'ocpp2.0.1', station: `S${station}`, epoch: 10 + station }, 'BootNotification', {
      chargingStation: { vendorName: `Vendor ${station}`, model: 'Model', ...(station > 2 ? { firmwareVersion: `1.${station}` } : {}) },
      reason: 'PowerUp',
    }),
  );
  await Promise.all(boots);
  const outcomes = await outcomesOf(asked, service.database);
  asked.mockRestore();
  for (const { name, alone, merged } of outcomes) expect([name, merged]).toEqual([name, alone]);
  expect(outcomes.map(({ name }) => name).sort()).toEqual(declaredIn(join(__dirname, '..')).sort());
});
