import { MAX_OPEN, MAX_TRIES, RETRY_MS, UNANSWERED_MS } from '../station-requests/limits';
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
beforeEach(() => stations.clear());

describe('what a station is sent (L01.FR.11, L02; 1.6 section 5.19, security whitepaper)', () => {
  const begin = '2026-12-01T02:00:00.000Z';

  it.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s: the image, and its signature where it has one', async (protocol) => {
    const station = await stations.connected(protocol);
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
    const station = await stations.connected('ocpp1.6');
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
    const { id } = await stations.ask(await stations.connected('ocpp1.6'), { installAt: begin });
    expect([await stations.outcome(id), stations.sent]).toEqual([['failed', 'install-time-not-supported'], []]);
  });
});

describe('delivery', () => {
  it('waits for a station that is not connected, and is sent once when it is', async () => {
    const station = await stations.connected();
    await stations.setOnline(station, false);
    const { id } = await stations.ask(station);
    await stations.sweep();
    expect(await stations.outcome(id)).toEqual(['waiting', null]);
    await stations.setOnline(station, true);
    await Promise.all([stations.sweep(), stations.sweep()]);
    expect(stations.sent).toHaveLength(1);
    expect(await stations.outcome(id)).toEqual(['sent', null]);
  });

  it('is repeated with the same command after a process died before it could send it', async () => {
    const station = await stations.connected();
    const { command } = await stations.ask(station);
    stations.sent = []; // what the process that died would have sent
    await stations.sweep();
    expect(stations.sent).toEqual([]);
    stations.clock += UNANSWERED_MS + 1;
    await stations.sweep();
    expect(stations.sent).toMatchObject([{ id: command }]);
  });

  it.each(['offline', 'busy', 'expired', 'cancelled'] as const)('that ended %s is tried again, however often', async (status) => {
    const { id } = await stations.ask(await stations.connected());
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
    const { id } = await stations.ask(await stations.connected());
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
    const station = await stations.connected();
    const { id, requestId } = await stations.ask(station);
    await stations.report(station, 'Downloading', requestId);
    await stations.end({ status: 'unknown' });
    stations.clock += UNANSWERED_MS + 1;
    await stations.sweep();
    expect([stations.sent.length, await stations.outcome(id)]).toEqual([1, ['running', null]]);
  });

  it('fails when the station does not come', async () => {
    const station = await stations.connected();
    await stations.setOnline(station, false);
    const { id } = await stations.ask(station, { waitHours: 1 });
    stations.clock += 3_600_001;
    await stations.sweep();
    expect(await stations.outcome(id)).toEqual(['failed', 'expired']);
    expect(service.metrics.total('station_requests_ended_total', { kind: 'firmware', outcome: 'failed' })).toBeGreaterThan(0);
  });
});

it('refuses an image that there is not, one for other stations, and a station that there is not', async () => {
  const station = await stations.connected();
  await expect(stations.ask(station, {}, 'three')).rejects.toMatchObject({ code: 'unknown-reference' });
  await expect(stations.ask(station, {}, 'other')).rejects.toMatchObject({ code: 'conflict' });
  await expect(stations.ask('nowhere')).rejects.toMatchObject({ code: 'unknown-station' });
  await expect(stations.updates.request({ tenant: 'other', station }, 'two', WANTED, 'spec')).rejects.toMatchObject({
    code: 'unknown-station',
  });
});

it('cancels what was not sent, and nothing else', async () => {
  const station = await stations.connected();
  await stations.setOnline(station, false);
  const waiting = await stations.ask(station);
  expect(await stations.updates.cancel('default', waiting.id)).toMatchObject({ state: 'cancelled', reason: 'operator' });
  expect(await stations.updates.cancel('default', waiting.id)).toMatchObject({ state: 'cancelled' });
  await stations.setOnline(station, true);
  await stations.sweep();
  expect(stations.sent).toEqual([]);
  const sent = await stations.ask(station);
  await expect(stations.updates.cancel('default', sent.id)).rejects.toMatchObject({ code: 'too-late' });
  await expect(stations.updates.cancel('other', sent.id)).rejects.toMatchObject({ code: 'not-found' });
});

it('refuses the second of two updates that are asked for at once', async () => {
  const station = await stations.connected();
  const both = await Promise.allSettled([stations.ask(station), stations.ask(station)]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
  expect(stations.sent).toHaveLength(1);
});

it('lets one of two that are asked for at once take the place of the other', async () => {
  const station = await stations.connected();
  await stations.setOnline(station, false);
  const both = await Promise.all([stations.ask(station, { replace: true }), stations.ask(station, { replace: true })]);
  await stations.setOnline(station, true);
  await stations.sweep();
  const outcomes = await Promise.all(both.map(({ id }) => stations.outcome(id)));
  expect(outcomes.sort()).toEqual([
    ['cancelled', 'superseded'],
    ['sent', null],
  ]);
  expect(stations.sent).toHaveLength(1);
});

it('has so many open of a station that were sent', async () => {
  const station = await stations.connected();
  for (let nth = 0; nth < MAX_OPEN; nth++) await stations.ask(station, { replace: true });
  await expect(stations.ask(station, { replace: true })).rejects.toMatchObject({ code: 'conflict' });
  expect(stations.sent).toHaveLength(MAX_OPEN);
  await stations.end({ response: { status: 'Accepted' } }); // which ends the earlier ones
  await stations.ask(station, { replace: true });
});

it('keeps a password in a URL from everybody but the station', async () => {
  const url = 'ftp://cs:S3cretOfTheServer@files.example/two.bin';
  await stations.given({ image: 'secret', url });
  const station = await stations.connected();
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
  await stations.setOnline(station, false);
  await service.database.query(
    `UPDATE device_config.station_requests SET next_at = created_at, body = jsonb_set(body, '{image,sealedUrl}', '"AAAA"') WHERE id = $1`,
    [id],
  );
  await stations.setOnline(station, true);
  await stations.sweep();
  expect(await stations.outcome(id)).toEqual(['failed', 'url-not-readable']);
});

it('goes with its station', async () => {
  const station = await stations.connected();
  const { id } = await stations.accepted(station);
  await service.stations.forget(ref(station));
  await stations.end({ response: { status: 'Accepted' } });
  await expect(stations.find(id)).rejects.toMatchObject({ code: 'not-found' });
});
