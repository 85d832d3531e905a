import { startService, type ServiceFixture } from '../testing/service-fixture';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());

const DAY_MS = 86_400_000;
const NOW = Date.now();
const ago = (days: number) => new Date(NOW - days * DAY_MS);
const limited = (days: number) =>
  service.receive({ protocol: 'ocpp2.0.1', receivedAt: ago(days) }, 'NotifyChargingLimit', {
    chargingLimit: { chargingLimitSource: 'EMS' },
    evseId: days,
  });
async function kept(): Promise<number[]> {
  const rows: { evse: number }[] = await service.database.query(
    `SELECT (payload->>'evseId')::int AS evse FROM transactions.notices ORDER BY received_at`,
  );
  return rows.map(({ evse }) => evse);
}

it('K12 keeps what no rule acts on for its time, then forgets it', async () => {
  for (const days of [1, 91, 93, 92, 89]) await limited(days);
  await service.retention.run();
  expect(await kept()).toEqual([89, 1]);
});
