import { STATUS_ALLOWANCE } from '../station-requests/limits';
import { startService, type ServiceFixture } from '../testing/start-service';
import { UpdatedStations } from './testing/updated-stations';

let service: ServiceFixture;
let stations: UpdatedStations;
beforeAll(async () => {
  service = await startService();
  stations = new UpdatedStations(service);
  await stations.image();
});
afterAll(() => service?.close());
beforeEach(() => stations.clear());

describe('the answer of the station (L01.FR.21 to 24, L01.FR.27)', () => {
  it.each([
    ['Rejected', 'rejected'],
    ['InvalidCertificate', 'invalid-certificate'],
    ['RevokedCertificate', 'revoked-certificate'],
  ])('%s ends it', async (status, reason) => {
    const { id } = await stations.ask(await stations.connected());
    await stations.end({ response: { status } });
    expect(await stations.outcome(id)).toEqual(['failed', reason]);
  });

  it('AcceptedCanceled ends the update before, also where it is told twice', async () => {
    const station = await stations.connected();
    const first = await stations.accepted(station);
    await stations.report(station, 'Downloading', first.requestId);
    await expect(stations.ask(station)).rejects.toMatchObject({ code: 'conflict' });
    const second = await stations.ask(station, { replace: true });
    expect(await stations.outcome(first.id)).toEqual(['running', null]);
    await stations.end({ response: { status: 'AcceptedCanceled' } }, undefined, 2);
    expect([await stations.outcome(first.id), await stations.outcome(second.id)]).toEqual([
      ['cancelled', 'superseded'],
      ['accepted', null],
    ]);
    await stations.report(station, 'InstallationFailed', first.requestId); // late, of the one that was cancelled
    expect(await stations.outcome(second.id)).toEqual(['accepted', null]);
  });

  it('Rejected leaves the update before as it is (L01.FR.24)', async () => {
    const station = await stations.connected();
    const first = await stations.accepted(station);
    const second = await stations.ask(station, { replace: true });
    await stations.end({ response: { status: 'Rejected' } });
    await stations.report(station, 'Installing', first.requestId);
    expect([await stations.outcome(first.id), await stations.outcome(second.id)]).toEqual([
      ['running', null],
      ['failed', 'rejected'],
    ]);
  });
});

describe('statuses', () => {
  const send = (station: string, protocol: 'ocpp1.6' | 'ocpp2.0.1', action: string, payload: object) =>
    service.send({ station, protocol, receivedAt: new Date((stations.clock += 1_000)) }, action, payload);
  const unhandled = (station: string) =>
    service.database.query<{ payload: object }[]>('SELECT payload FROM device_config.messages WHERE station = $1', [station]);

  it.each([
    ['ocpp1.6', 'FirmwareStatusNotification', false],
    ['ocpp1.6', 'SignedFirmwareStatusNotification', true],
    ['ocpp2.0.1', 'FirmwareStatusNotification', true],
  ] as const)('%s: %s reaches its update', async (protocol, action, numbered) => {
    const station = await stations.connected(protocol);
    const { id, requestId } = await stations.accepted(station);
    const answer = await send(station, protocol, action, { status: 'Downloading', ...(numbered ? { requestId } : {}) });
    expect(answer.payload).toEqual({});
    expect(await stations.find(id)).toMatchObject({ state: 'running', statuses: [{ status: 'Downloading', times: 1 }] });
    expect(await unhandled(station)).toEqual([]);
  });

  it('of a request that never was are kept as they came, and change nothing', async () => {
    const station = await stations.connected();
    const other = await stations.connected();
    const { id, requestId } = await stations.accepted(station);
    await stations.accepted(other);
    for (const wrong of [requestId + 1, -1, 2 ** 31, 2 ** 53])
      await send(station, 'ocpp2.0.1', 'FirmwareStatusNotification', { status: 'InstallationFailed', requestId: wrong });
    await send(other, 'ocpp2.0.1', 'FirmwareStatusNotification', { status: 'InstallationFailed', requestId });
    expect(await stations.find(id)).toMatchObject({ state: 'accepted', statuses: [] });
    expect([(await unhandled(station)).length, (await unhandled(other)).length]).toEqual([4, 1]);
  });

  it('of a station that was asked for nothing, or was not sent it yet, are kept as they came', async () => {
    const station = await stations.connected();
    await send(station, 'ocpp2.0.1', 'FirmwareStatusNotification', { status: 'Installed' });
    await stations.setOnline(station, false);
    const { id, requestId } = await stations.ask(station);
    await send(station, 'ocpp2.0.1', 'FirmwareStatusNotification', { status: 'Installed', requestId });
    expect([await stations.outcome(id), (await unhandled(station)).length]).toEqual([['waiting', null], 2]);
  });

  it('before the answer count', async () => {
    const station = await stations.connected();
    const { id, requestId } = await stations.ask(station);
    await stations.report(station, 'Downloading', requestId);
    await stations.end({ response: { status: 'Accepted' } });
    expect(await stations.find(id)).toMatchObject({ state: 'running', acceptedAt: expect.any(Date) });
  });

  it('are read so often of one station; beyond, they are answered and counted', async () => {
    const station = await stations.connected();
    const { id, requestId } = await stations.accepted(station);
    const flood = Array.from({ length: STATUS_ALLOWANCE.burst + 50 }, (_, nth) => ({
      station: { station, protocol: 'ocpp2.0.1' as const, receivedAt: new Date(stations.clock + nth) },
      ...{ action: 'FirmwareStatusNotification', payload: { status: 'Downloading', requestId } },
    }));
    await service.sendMany(flood);
    expect((await stations.find(id)).statuses).toMatchObject([{ times: STATUS_ALLOWANCE.burst }]);
    expect(service.metrics.total('device_config_anomalies_total', { kind: 'message-not-kept' })).toBe(50);
  });
});

describe('the boot of the station', () => {
  it('with the version ends it, whatever the station reported', async () => {
    const station = await stations.connected();
    const { id } = await stations.accepted(station);
    await stations.boot(station, '2.0');
    await stations.sweep();
    expect(await stations.outcome(id)).toEqual(['succeeded', null]);
  });

  it('with the old version ends one that was reported installed; a later one puts that right', async () => {
    const station = await stations.connected();
    const { id, requestId } = await stations.accepted(station);
    await stations.report(station, 'Installed', requestId);
    expect(await stations.outcome(id)).toEqual(['verifying', null]);
    await stations.boot(station, '1.0');
    await stations.sweep();
    expect(await stations.outcome(id)).toEqual(['failed', 'wrong-version']);
    await stations.boot(station, '2.0');
    await stations.sweep();
    expect(await stations.outcome(id)).toEqual(['succeeded', null]);
  });

  it('that never comes ends it in time', async () => {
    const station = await stations.connected();
    const silent = await stations.accepted(station, { runHours: 2 });
    const rebooting = await stations.accepted(await stations.connected());
    await stations.report(rebooting.station, 'InstallRebooting', rebooting.requestId);
    await stations.setOnline(rebooting.station, false);
    const installed = await stations.accepted(await stations.connected());
    await stations.report(installed.station, 'Installed', installed.requestId);
    stations.clock += 25 * 3_600_000;
    await stations.sweep();
    expect(await Promise.all([silent, rebooting, installed].map(({ id }) => stations.outcome(id)))).toEqual([
      ['failed', 'timed-out'],
      ['failed', 'timed-out'],
      ['failed', 'not-confirmed'],
    ]);
  });

  it('before it was sent shows nothing', async () => {
    const station = await stations.connected();
    await stations.setOnline(station, false);
    const { id } = await stations.ask(station);
    await stations.boot(station, '2.0');
    await stations.sweep();
    expect(await stations.outcome(id)).toEqual(['sent', null]);
  });
});
