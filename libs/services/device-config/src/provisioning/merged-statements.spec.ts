import { join } from 'node:path';
import { brokenByNewColumns, declaredIn, outcomesOf, recordAsked } from '@voltbus/database/testing';
import { startService, type ServiceFixture } from '../testing/start-service';

const many = Array.from({ length: 6 }, (_, index) => index);

let service: ServiceFixture;
let asked: ReturnType<typeof recordAsked>;
beforeAll(async () => {
  service = await startService();
  for (const station of many) await service.stations.put({ tenant: 'default', station: `S${station}` }, {});
});
afterAll(async () => {
  asked?.mockRestore();
  await service?.close();
});

it('every statement that says how it is merged returns and leaves merged what it does by itself', async () => {
  asked = recordAsked();
  const boots = many.map((station) =>
    service.send({ protocol: 'ocpp2.0.1', station: `S${station}`, epoch: 10 + station }, 'BootNotification', {
      chargingStation: { vendorName: `Vendor ${station}`, model: 'Model', ...(station > 2 ? { firmwareVersion: `1.${station}` } : {}) },
      reason: 'PowerUp',
    }),
  );
  await Promise.all(boots);
  const outcomes = await outcomesOf(asked, service.database);
  for (const { name, alone, merged } of outcomes) expect([name, merged]).toEqual([name, alone]);
  expect(outcomes.map(({ name }) => name).sort()).toEqual(declaredIn(join(__dirname, '..')).sort());
});

it('no prepared statement fails when a newer program has added columns to the tables', async () => {
  expect(await brokenByNewColumns(asked, service.database)).toEqual([]);
});
