import { MAX_OPEN, MAX_TRIES, RETRY_MS, STATUS_ALLOWANCE, UNANSWERED_MS } from '../station-requests/limits';
import { startService, type ServiceFixture } from '../testing/start-service';
import { SIGNED, UpdatedStations, WANTED, ref } from './testing/updated-stations';

let service: ServiceFixture;
let stations: UpdatedStations;
beforeAll(async () => {
  service = await startService();
  stations = new UpdatedStations(service);
  await stations.image();
  await stations.image({ image: 'signed', ...SIGNED });
  await stations.image({ image: 'other', vendor: 'Another' });
});
afterAll(() => service?.close());
beforeEach(async () => {
  await service.database.query('DELETE FROM device_config.station_requests');
  await service.database.query('UPDATE device_config.stations SET online = false');
  stations.sent = [];
});

let count = 0;
/** A station that is connected and runs 1.0. */
async function connected(protocol: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1' = 'ocpp2.0.1'): Promise<string> {
  const station = `fw-${++count}`;
  await stations.boot(station, '1.0', protocol);
  await setOnline(station, true);
  await service.database.query('UPDATE device_config.stations SET protocol = $2 WHERE station = $1', [station, protocol]);
  return station;
}
const setOnline = (station: string, online: boolean) =>
  service.database.query('UPDATE device_config.stations SET online = $2 WHERE station = $1', [station, online]);

describe('what a station is sent (L01.FR.11, L02; 1.6 section 5.19, security whitepaper)', () => {
  const begin = '2026-12-01T02:00:00.000Z';

  it.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s: the image, and its signature where it has one', async (protocol) => {
    const station = await connected(protocol);
    const { requestId } = await stations.ask(
      station,
      { retrieveAt: begin, installAt: begin, retries: 3, retryIntervalSeconds: 60 },
      'signed',
    );
    const firmware = { location: 'https://files.example/two.bin', retrieveDateTime: begin, installDateTime: begin, ...SIGNED };
    expect(stations.sent).toMatchObject([
      { action: 'UpdateFirmware', station, payload: { requestId, retries: 3, retryInterval: 60, firmware } },
    ]);
    const plain = await stations.ask(station, { replace: true });
    expect(stations.sent.at(-1)?.payload).toEqual({
      requestId: plain.requestId,
      firmware: { location: 'https://files.example/two.bin', retrieveDateTime: plain.createdAt.toISOString() },
    });
  });

  it('ocpp1.6: a signed image only as one', async () => {
    const station = await connected('ocpp1.6');
    const { requestId } = await stations.ask(station, { retrieveAt: begin }, 'signed');
    const firmware = { location: 'https://files.example/two.bin', retrieveDateTime: begin, ...SIGNED };
    expect(stations.sent).toMatchObject([{ action: 'SignedUpdateFirmware', payload: { requestId, firmware } }]);
    await stations.end({ status: 'error', error: { code: 'NotImplemented', description: '' } });
    await stations.sweep();
    expect(stations.sent).toHaveLength(1);
    await stations.ask(station, { retrieveAt: begin, retries: 2 });
    expect(stations.sent.at(-1)).toMatchObject({
      ...{ action: 'UpdateFirmware', payload: { location: 'https://files.example/two.bin', retrieveDate: begin, retries: 2 } },
    });
  });

  it('ocpp1.6: no time to install an image that is not signed, because there is no place for it', async () => {
    const { id } = await stations.ask(await connected('ocpp1.6'), { installAt: begin });
    expect([await stations.outcome(id), stations.sent]).toEqual([['failed', 'install-time-not-supported'], []]);
  });
});

describe('delivery', () => {
  it('waits for a station that is not connected, and is sent once when it is', async () => {
    const station = await connected();
    await setOnline(station, false);
    const { id } = await stations.ask(station);
    await stations.sweep();
    expect(await stations.outcome(id)).toEqual(['waiting', null]);
    await setOnline(station, true);
    await Promise.all([stations.sweep(), stations.sweep()]);
    expect(stations.sent).toHaveLength(1);
    expect(await stations.outcome(id)).toEqual(['sent', null]);
  });

  it('is repeated with the same command after a process died before it could send it', async () => {
    const station = await connected();
    const { command } = await stations.ask(station);
    stations.sent = []; // what the process that died would have sent
    await stations.sweep();
    expect(stations.sent).toEqual([]);
    stations.clock += UNANSWERED_MS + 1;
    await stations.sweep();
    expect(stations.sent).toMatchObject([{ id: command }]);
  });

  it.each(['offline', 'busy', 'expired', 'cancelled'] as const)('that ended %s is tried again, however often', async (status) => {
    const { id } = await stations.ask(await connected());
    for (let nth = 0; nth < MAX_TRIES + 2; nth++) {
      expect(stations.sent).toHaveLength(nth + 1);
      await stations.end({ status }, undefined, 2);
      expect(await stations.outcome(id)).toEqual(['waiting', null]);
      await stations.sweep();
      expect(stations.sent).toHaveLength(nth + 1);
      stations.clock += RETRY_MS + 1;
      await stations.sweep();
    }
    await stations.end({ response: { status: 'Accepted' } });
    expect(await stations.outcome(id)).toEqual(['accepted', null]);
  });

  it.each([
    [{ status: 'unknown' as const }, 'no-answer'],
    [{ status: 'error' as const, error: { code: 'InternalError', description: '' } }, 'station-error'],
  ])('that ended %j is tried %s', async (outcome, reason) => {
    const { id } = await stations.ask(await connected());
    for (let nth = 1; nth <= MAX_TRIES; nth++) {
      expect(stations.sent).toHaveLength(nth);
      await stations.end(outcome);
      stations.clock += UNANSWERED_MS + 1;
      await stations.sweep();
    }
    expect(stations.sent).toHaveLength(MAX_TRIES);
    expect(await stations.outcome(id)).toEqual(['failed', reason]);
    expect(new Set(stations.sent.map((one) => one.id)).size).toBe(MAX_TRIES);
  });

  it('without an answer is not repeated to a station that reports on it', async () => {
    const station = await connected();
    const { id, requestId } = await stations.ask(station);
    await stations.report(station, 'Downloading', requestId);
    await stations.end({ status: 'unknown' });
    stations.clock += UNANSWERED_MS + 1;
    await stations.sweep();
    expect([stations.sent.length, await stations.outcome(id)]).toEqual([1, ['running', null]]);
  });

  it('fails when the station does not come', async () => {
    const station = await connected();
    await setOnline(station, false);
    const { id } = await stations.ask(station, { waitHours: 1 });
    stations.clock += 3_600_001;
    await stations.sweep();
    expect(await stations.outcome(id)).toEqual(['failed', 'expired']);
    expect(service.metrics.total('station_requests_ended_total', { kind: 'firmware', outcome: 'failed' })).toBeGreaterThan(0);
  });
});

describe('the answer of the station (L01.FR.21 to 24, L01.FR.27)', () => {
  it.each([
    ['Rejected', 'rejected'],
    ['InvalidCertificate', 'invalid-certificate'],
    ['RevokedCertificate', 'revoked-certificate'],
  ])('%s ends it', async (status, reason) => {
    const { id } = await stations.ask(await connected());
    await stations.end({ response: { status } });
    expect(await stations.outcome(id)).toEqual(['failed', reason]);
  });

  it('AcceptedCanceled ends the update before, also where it is told twice', async () => {
    const station = await connected();
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
    const station = await connected();
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
    const station = await connected(protocol);
    const { id, requestId } = await stations.accepted(station);
    const answer = await send(station, protocol, action, { status: 'Downloading', ...(numbered ? { requestId } : {}) });
    expect(answer.payload).toEqual({});
    expect(await stations.find(id)).toMatchObject({ state: 'running', statuses: [{ status: 'Downloading', times: 1 }] });
    expect(await unhandled(station)).toEqual([]);
  });

  it('of a request that never was are kept as they came, and change nothing', async () => {
    const station = await connected();
    const other = await connected();
    const { id, requestId } = await stations.accepted(station);
    await stations.accepted(other);
    for (const wrong of [requestId + 1, -1, 2 ** 31, 2 ** 53])
      await send(station, 'ocpp2.0.1', 'FirmwareStatusNotification', { status: 'InstallationFailed', requestId: wrong });
    await send(other, 'ocpp2.0.1', 'FirmwareStatusNotification', { status: 'InstallationFailed', requestId });
    expect(await stations.find(id)).toMatchObject({ state: 'accepted', statuses: [] });
    expect([(await unhandled(station)).length, (await unhandled(other)).length]).toEqual([4, 1]);
  });

  it('of a station that was asked for nothing, or was not sent it yet, are kept as they came', async () => {
    const station = await connected();
    await send(station, 'ocpp2.0.1', 'FirmwareStatusNotification', { status: 'Installed' });
    await setOnline(station, false);
    const { id, requestId } = await stations.ask(station);
    await send(station, 'ocpp2.0.1', 'FirmwareStatusNotification', { status: 'Installed', requestId });
    expect([await stations.outcome(id), (await unhandled(station)).length]).toEqual([['waiting', null], 2]);
  });

  it('before the answer count', async () => {
    const station = await connected();
    const { id, requestId } = await stations.ask(station);
    await stations.report(station, 'Downloading', requestId);
    await stations.end({ response: { status: 'Accepted' } });
    expect(await stations.find(id)).toMatchObject({ state: 'running', acceptedAt: expect.any(Date) });
  });

  it('are read so often of one station; beyond, they are answered and counted', async () => {
    const station = await connected();
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
    const station = await connected();
    const { id } = await stations.accepted(station);
    await stations.boot(station, '2.0');
    await stations.sweep();
    expect(await stations.outcome(id)).toEqual(['succeeded', null]);
  });

  it('with the old version ends one that was reported installed; a later one puts that right', async () => {
    const station = await connected();
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
    const station = await connected();
    const silent = await stations.accepted(station, { runHours: 2 });
    const rebooting = await stations.accepted(await connected());
    await stations.report(rebooting.station, 'InstallRebooting', rebooting.requestId);
    await setOnline(rebooting.station, false);
    const installed = await stations.accepted(await connected());
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
    const station = await connected();
    await setOnline(station, false);
    const { id } = await stations.ask(station);
    await stations.boot(station, '2.0');
    await stations.sweep();
    expect(await stations.outcome(id)).toEqual(['sent', null]);
  });
});

it('refuses an image that there is not, one for other stations, and a station that there is not', async () => {
  const station = await connected();
  await expect(stations.ask(station, {}, 'three')).rejects.toMatchObject({ code: 'unknown-reference' });
  await expect(stations.ask(station, {}, 'other')).rejects.toMatchObject({ code: 'conflict' });
  await expect(stations.ask('nowhere')).rejects.toMatchObject({ code: 'unknown-station' });
  await expect(stations.updates.request({ tenant: 'other', station }, 'two', WANTED, 'spec')).rejects.toMatchObject({
    code: 'unknown-station',
  });
});

it('cancels what was not sent, and nothing else', async () => {
  const station = await connected();
  await setOnline(station, false);
  const waiting = await stations.ask(station);
  expect(await stations.updates.cancel('default', waiting.id)).toMatchObject({ state: 'cancelled', reason: 'operator' });
  expect(await stations.updates.cancel('default', waiting.id)).toMatchObject({ state: 'cancelled' });
  await setOnline(station, true);
  await stations.sweep();
  expect(stations.sent).toEqual([]);
  const sent = await stations.ask(station);
  await expect(stations.updates.cancel('default', sent.id)).rejects.toMatchObject({ code: 'too-late' });
  await expect(stations.updates.cancel('other', sent.id)).rejects.toMatchObject({ code: 'not-found' });
});

it('refuses the second of two updates that are asked for at once', async () => {
  const station = await connected();
  const both = await Promise.allSettled([stations.ask(station), stations.ask(station)]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
  expect(stations.sent).toHaveLength(1);
});

it('lets one of two that are asked for at once take the place of the other', async () => {
  const station = await connected();
  await setOnline(station, false);
  const both = await Promise.all([stations.ask(station, { replace: true }), stations.ask(station, { replace: true })]);
  await setOnline(station, true);
  await stations.sweep();
  const outcomes = await Promise.all(both.map(({ id }) => stations.outcome(id)));
  expect(outcomes.sort()).toEqual([
    ['cancelled', 'superseded'],
    ['sent', null],
  ]);
  expect(stations.sent).toHaveLength(1);
});

it('has so many open of a station that were sent', async () => {
  const station = await connected();
  for (let nth = 0; nth < MAX_OPEN; nth++) await stations.ask(station, { replace: true });
  await expect(stations.ask(station, { replace: true })).rejects.toMatchObject({ code: 'conflict' });
  expect(stations.sent).toHaveLength(MAX_OPEN);
  await stations.end({ response: { status: 'Accepted' } }); // which ends the earlier ones
  await stations.ask(station, { replace: true });
});

it('keeps a password in a URL from everybody but the station', async () => {
  const url = 'ftp://cs:S3cretOfTheServer@files.example/two.bin';
  await stations.given({ image: 'secret', url });
  const station = await connected();
  const { id } = await stations.ask(station, {}, 'secret');
  expect(stations.sent).toMatchObject([{ payload: { firmware: { location: url } } }]);
  for (const table of ['firmware_images', 'station_requests'])
    expect(JSON.stringify(await service.database.query(`SELECT * FROM device_config.${table}`))).not.toContain('S3cret');
  await stations.given({ image: 'secret', url: 'ftp://[redacted]@files.example/two.bin' });
  await stations.ask(station, { replace: true }, 'secret');
  expect(stations.sent.at(-1)).toMatchObject({ payload: { firmware: { location: url } } });
  await expect(stations.given({ image: 'secret', url: 'ftp://[redacted]@files.example/three.bin' })).rejects.toMatchObject({
    code: 'invalid',
  });
  // written with another pepper
  await setOnline(station, false);
  await service.database.query(
    `UPDATE device_config.station_requests SET next_at = created_at, body = jsonb_set(body, '{image,sealedUrl}', '"AAAA"') WHERE id = $1`,
    [id],
  );
  await setOnline(station, true);
  await stations.sweep();
  expect(await stations.outcome(id)).toEqual(['failed', 'url-not-readable']);
});

it('goes with its station', async () => {
  const station = await connected();
  const { id } = await stations.accepted(station);
  await service.stations.forget(ref(station));
  await stations.end({ response: { status: 'Accepted' } });
  await expect(stations.find(id)).rejects.toMatchObject({ code: 'not-found' });
});
