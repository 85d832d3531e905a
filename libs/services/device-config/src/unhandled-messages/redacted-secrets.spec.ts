import { startService, type ServiceFixture } from '../testing/start-service';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const SECRET = 'S3cretOfAStation42';
const now = '2026-06-01T12:00:00Z';
const password = { component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } };

it.each([
  ['NotifyReport', { requestId: 1, generatedAt: now, seqNo: 0, reportData: [{ ...password, variableAttribute: [{ value: SECRET }] }] }],
  ['NotifyCustomerInformation', { requestId: 1, generatedAt: now, seqNo: 0, data: `wifi password: ${SECRET}` }],
  [
    'LogStatusNotification',
    { requestId: 1, status: 'UploadFailure', statusInfo: { reasonCode: 'x', additionalInfo: `ftp://cs:${SECRET}@h/` } },
  ],
  ['SecurityEventNotification', { type: 'InvalidCsmsCredentials', timestamp: now, techInfo: `Authorization: Bearer ${SECRET}` }],
])('%s is kept without the secret in it', async (action, payload) => {
  const station = `secret-${action}`;
  await service.stations.put({ tenant: 'default', station }, {});
  await service.sayMany([{ station: { protocol: 'ocpp2.0.1', station }, action, payload }]);
  const rows: { row: string }[] = await service.database.query(`SELECT m::text AS row FROM device_config.messages m WHERE station = $1`, [
    station,
  ]);
  expect(rows).toHaveLength(1);
  expect(rows[0]?.row).toContain('[redacted]');
  expect(rows[0]?.row).not.toContain(SECRET);
});

it.each([
  [
    'ocpp1.6',
    'BootNotification',
    { chargePointVendor: 'v', chargePointModel: `m password=${SECRET}`, firmwareVersion: `ftp://u:${SECRET}@h/1.2` },
  ],
  [
    'ocpp2.0.1',
    'BootNotification',
    { reason: 'PowerUp', chargingStation: { vendorName: 'v', model: 'm', firmwareVersion: `ftp://u:${SECRET}@h/1.2` } },
  ],
] as const)('what a station of %s says of itself (%s) is kept and shown without the secret in it', async (protocol, action, payload) => {
  const station = `boot-${protocol}`;
  await service.stations.put({ tenant: 'default', station }, {});
  await service.say({ protocol, station }, action, payload);
  const kept = await service.directory.find({ tenant: 'default', station });
  expect(kept).toMatchObject({ vendor: 'v', firmwareVersion: 'ftp://[redacted]@h/1.2' });
  expect(JSON.stringify(kept)).not.toContain(SECRET);
});

it('a problem of a connector is kept and shown without the secret in what the vendor says of it', async () => {
  const station = 'secret-problem';
  await service.stations.put({ tenant: 'default', station }, {});
  const eventData = [
    {
      ...{ eventId: 1, timestamp: now, trigger: 'Alerting', actualValue: 'true', eventNotificationType: 'HardWiredNotification' },
      ...{ component: { name: 'Connector', evse: { id: 1, connectorId: 1 } }, variable: { name: 'Problem' } },
      ...{ techCode: 'E1', techInfo: `no answer of https://u:${SECRET}@h/` },
    },
  ];
  await service.sayMany([
    { station: { protocol: 'ocpp2.1', station }, action: 'NotifyEvent', payload: { generatedAt: now, seqNo: 0, eventData } },
  ]);
  const rows: { row: string }[] = await service.database.query(
    `SELECT p::text AS row FROM device_config.connector_problems p WHERE station = $1`,
    [station],
  );
  expect(rows).toEqual([{ row: expect.stringContaining('https://[redacted]@h/') }]);
});
