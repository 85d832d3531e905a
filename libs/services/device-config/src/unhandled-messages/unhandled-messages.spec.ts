import { startService, type ServiceFixture } from '../testing/start-service';

let service: ServiceFixture;
beforeAll(async () => (service = await startService()));
afterAll(() => service?.close());

const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '1' };
const ASKED = { certificateStatusRequests: [{ certificateHashData: hash, source: 'OCSP', urls: ['http://ocsp'] }] };

it('M07 refuses GetCertificateChainStatus while nothing can grant it, and stores the request', async () => {
  const [action, station] = ['GetCertificateChainStatus', 'chain'];
  const { payload } = await service.send({ protocol: 'ocpp2.1', station }, action, ASKED);
  expect(payload).toMatchObject({ certificateStatus: [{ certificateHashData: hash, source: 'OCSP', status: 'Failed' }] });
  const stored = await service.database.query('SELECT action, payload FROM device_config.messages WHERE station = $1', [station]);
  expect(stored).toEqual([{ action, payload: ASKED }]);
});

it('stores a message once, however often it is delivered', async () => {
  const once = {
    station: { protocol: 'ocpp2.1', station: 'twice' } as const,
    action: 'GetCertificateChainStatus',
    payload: ASKED,
  };
  const entry = service.table.ocpp2['GetCertificateChainStatus'];
  if (entry?.shape !== 'batch') throw new Error('not stored in batches');
  const store = jest.spyOn(entry, 'store');
  await service.sendMany([once, once]);
  await entry.store(store.mock.calls[0]?.[0] ?? []);
  const [row] = await service.database.query(`SELECT count(*)::int AS count FROM device_config.messages WHERE station = 'twice'`);
  expect(row).toEqual({ count: 2 });
});

describe('messages that no rule acts on', () => {
  const event = {
    station: { protocol: 'ocpp2.1' as const, station: 'talks' },
    action: 'GetCertificateChainStatus',
    payload: ASKED,
  };
  const kept = async () => (await service.database.query<unknown[]>(`SELECT FROM device_config.messages WHERE station = 'talks'`)).length;

  it('are kept so many of one station; it is answered all the same, and others are kept', async () => {
    for (let batch = 0; batch < 6; batch++) await service.sendMany(Array.from({ length: 1_000 }, () => event));
    expect(await kept()).toBe(5_000);
    expect((await service.send(event.station, event.action, event.payload)).payload).toMatchObject({
      certificateStatus: [{ status: 'Failed' }],
    });
    await service.send({ protocol: 'ocpp2.1', station: 'other' }, event.action, event.payload);
    const [other]: { count: number }[] = await service.database.query(
      `SELECT count(*)::integer FROM device_config.messages WHERE station = 'other'`,
    );
    expect(other?.count).toBe(1);
  });
});
