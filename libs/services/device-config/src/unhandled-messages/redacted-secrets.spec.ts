import { startService, type ServiceFixture } from '../testing/start-service';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const SECRET = 'S3cretOfAStation42';
const now = '2026-06-01T12:00:00Z';

it.each([
  ['NotifyCustomerInformation', { requestId: 1, generatedAt: now, seqNo: 0, data: `wifi password: ${SECRET}` }],
  [
    'LogStatusNotification',
    { requestId: 1, status: 'UploadFailure', statusInfo: { reasonCode: 'x', additionalInfo: `ftp://cs:${SECRET}@h/` } },
  ],
  // without a type it is no security event, and kept as it came
  ['SecurityEventNotification', { timestamp: now, techInfo: `Authorization: Bearer ${SECRET}` }],
])('%s is kept without the secret in it', async (action, payload) => {
  const station = `secret-${action}`;
  await service.stations.put({ tenant: 'default', station }, {});
  await service.sendMany([{ station: { protocol: 'ocpp2.0.1', station }, action, payload }]);
  const rows: { row: string }[] = await service.database.query(`SELECT m::text AS row FROM device_config.messages m WHERE station = $1`, [
    station,
  ]);
  expect(rows).toHaveLength(1);
  expect(rows[0]?.row).toContain('[redacted]');
  expect(rows[0]?.row).not.toContain(SECRET);
});
