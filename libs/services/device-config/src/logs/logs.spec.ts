import type { Protocol, StationRef } from '@voltbus/contracts';
import { MAX_OPEN } from '../station-requests/limits';
import { unhandledMessages } from '../unhandled-messages/block';
import { logs } from './block';
import { UPLOAD_URL, UploadingStations } from './testing/uploading-stations';

let stations: UploadingStations;
beforeAll(async () => {
  stations = await UploadingStations.start();
});
afterAll(() => stations?.close());

const [from, to] = ['2026-05-01T00:00:00.000Z', '2026-05-02T00:00:00.000Z'];
const ADDRESS = expect.stringMatching(new RegExp(`^${UPLOAD_URL}/uploads/[\\w-]{43}/$`));
const refused = (ref: StationRef, body: object) => stations.app.request('POST', `/v1/stations/${ref.station}/logs`, { body });

describe('what a station is sent (N01.FR.01; 1.6 section 5.9, security whitepaper)', () => {
  const repeats = { retries: 3, retryInterval: 60 };
  const asked = { from, to, retries: 3, retryIntervalSeconds: 60 };

  it.each<[Protocol, string]>([
    ['ocpp1.6', 'SecurityLog'],
    ['ocpp2.0.1', 'DiagnosticsLog'],
    ['ocpp2.0.1', 'SecurityLog'],
    ['ocpp2.1', 'DataCollectorLog'],
  ])('%s: GetLog of a %s', async (protocol, type) => {
    const ref = await stations.connected(protocol);
    const { requestId } = await stations.ask(ref, { type, ...asked });
    const log = { remoteLocation: ADDRESS, oldestTimestamp: from, latestTimestamp: to };
    expect(stations.sent(ref)).toMatchObject([{ action: 'GetLog', payload: { logType: type, requestId, ...repeats, log } }]);
  });

  it('ocpp1.6: GetDiagnostics, which has no request id', async () => {
    const ref = await stations.connected('ocpp1.6');
    await stations.ask(ref, asked);
    const [sent] = stations.sent(ref);
    expect(sent).toMatchObject({ action: 'GetDiagnostics' });
    expect(sent?.payload).toEqual({ location: ADDRESS, ...repeats, startTime: from, stopTime: to });
  });

  it('no DataCollectorLog before 2.1', async () => {
    for (const protocol of ['ocpp1.6', 'ocpp2.0.1'] as const) {
      const ref = await stations.connected(protocol);
      const { id } = await stations.ask(ref, { type: 'DataCollectorLog' });
      expect([await stations.outcome(id), stations.sent(ref)]).toEqual([['failed', 'not-supported'], []]);
    }
  });

  it('the address of an operator with its password, which nobody else is shown', async () => {
    const ref = await stations.connected();
    const url = 'sftp://cs:S3cretOfTheServer@files.example/logs/';
    const log = await stations.ask(ref, { uploadTo: url });
    expect(stations.sent(ref)).toMatchObject([{ payload: { log: { remoteLocation: url } } }]);
    expect(log).toMatchObject({ uploadTo: 'sftp://[redacted]@files.example/logs/' });
    const stored = await stations.database('SELECT * FROM device_config.station_requests');
    expect(JSON.stringify([stored, await stations.shown(log.id)])).not.toContain('S3cret');
  });

  it('an answer that has the password in its name is shown without', async () => {
    const ref = await stations.connected('ocpp1.6');
    const { id } = await stations.ask(ref);
    await stations.answer(ref, { fileName: 'ftp://cs:S3cretOfTheServer@files.example/log.zip' });
    expect(await stations.shown(id)).toMatchObject({ state: 'accepted', fileName: 'ftp://[redacted]@files.example/log.zip' });
  });
});

describe('what is refused', () => {
  it.each([
    [{ type: 'Everything' }],
    [{ uploadTo: 'file:///etc/passwd' }],
    [{ uploadTo: 'javascript:alert(1)' }],
    [{ uploadTo: 'https://files.example/logs#part' }],
    [{ uploadTo: 'https://files.example/logs?to=x/' }],
    [{ uploadTo: `https://files.example/${'x'.repeat(512)}` }],
    [{ uploadTo: 'ftp://[redacted]@files.example/' }],
    [{ from: to, to: from }],
    [{ from: 'yesterday' }],
    [{ retries: -1 }],
    [{ runHours: 0 }],
    [{ colour: 'red' }],
  ])('%j', async (body) =>
    expect(await refused(await stations.connected(), body)).toMatchObject({ status: 422, body: { code: 'invalid' } }),
  );

  it('a station that there is not', async () =>
    expect(await refused({ tenant: 'default', station: 'nowhere' }, {})).toMatchObject({ status: 404, body: { code: 'unknown-station' } }));
});

describe('a second log', () => {
  it('is a conflict, and takes the place of the first where it shall (N01.FR.12)', async () => {
    const ref = await stations.connected();
    const first = await stations.accepted(ref);
    expect(await refused(ref, {})).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const second = await stations.ask(ref, { replace: true });
    expect(await stations.outcome(first.id)).toEqual(['accepted', null]);
    await stations.answer(ref, { status: 'AcceptedCanceled' });
    expect([await stations.outcome(first.id), await stations.outcome(second.id)]).toEqual([
      ['cancelled', 'superseded'],
      ['accepted', null],
    ]);
    expect(await stations.put(first.address, 'late')).toBe(404);
    await stations.report(ref, 'AcceptedCanceled', first.requestId);
    expect(await stations.outcome(second.id)).toEqual(['accepted', null]);
  });

  it('that the station refuses leaves the first as it is', async () => {
    const ref = await stations.connected();
    const first = await stations.accepted(ref);
    const second = await stations.ask(ref, { replace: true });
    await stations.answer(ref, { status: 'Rejected' });
    expect([await stations.outcome(first.id), await stations.outcome(second.id)]).toEqual([
      ['accepted', null],
      ['failed', 'rejected'],
    ]);
  });

  it(`is refused beyond ${MAX_OPEN} that have not ended`, async () => {
    const ref = await stations.connected();
    for (let nth = 0; nth < MAX_OPEN; nth++) await stations.ask(ref, { replace: true });
    expect(await refused(ref, { replace: true })).toMatchObject({ status: 409 });
    expect(stations.sent(ref)).toHaveLength(MAX_OPEN);
  });
});

describe('statuses', () => {
  it('belong to the log that they name, or without a number to the last one that was sent', async () => {
    const ref = await stations.connected('ocpp1.6');
    const first = await stations.ask(ref, { type: 'SecurityLog' });
    const second = await stations.ask(ref, { replace: true });
    expect(await stations.report(ref, 'Uploading', null)).toBe(true);
    expect(await stations.report(ref, 'UploadFailure', first.requestId)).toBe(true);
    expect([await stations.outcome(first.id), await stations.outcome(second.id)]).toEqual([
      ['failed', 'upload-failed'],
      ['running', null],
    ]);
    expect((await stations.shown(second.id)).statuses).toMatchObject([{ status: 'Uploading', times: 1 }]);
  });

  it.each([0, -1, 7, 2 ** 31, 2 ** 53, 1e300, -1e20, 0.5, Number.NaN])(
    'of the request %d belong to no log, and are kept as they came',
    async (requestId) => {
      const ref = await stations.connected();
      const { id } = await stations.accepted(ref);
      expect(await stations.report(ref, 'Uploaded', requestId)).toBe(false);
      expect(await stations.outcome(id)).toEqual(['accepted', null]);
    },
  );

  it('of a firmware update with the same number belong to no log', async () => {
    const ref = await stations.connected();
    const { id, requestId } = await stations.accepted(ref);
    await stations.database(`UPDATE device_config.station_requests SET kind = 'firmware' WHERE id = $1`, [id]);
    expect(await stations.report(ref, 'Uploaded', requestId)).toBe(false);
  });

  it('are answered, and those of no log are kept among the messages', async () => {
    const { store } = stations.service.use(unhandledMessages);
    expect(store).toBeDefined();
    for (const [family, action] of [
      ['ocpp16', 'DiagnosticsStatusNotification'],
      ['ocpp16', 'LogStatusNotification'],
      ['ocpp2', 'LogStatusNotification'],
    ] as const)
      expect(stations.service.table[family][action]).toMatchObject({ shape: 'batch' });
  });
});

describe('an end by time', () => {
  const past = (id: string) => stations.database(`UPDATE device_config.station_requests SET expires_at = now() WHERE id = $1`, [id]);
  const sweep = () => stations.service.use(logs).requests.sweep();

  it('of one whose station does not come', async () => {
    const ref = await stations.connected();
    await stations.database('UPDATE device_config.stations SET online = false WHERE station = $1', [ref.station]);
    const { id } = await stations.ask(ref);
    await past(id);
    await sweep();
    expect([await stations.outcome(id), stations.sent(ref)]).toEqual([['failed', 'expired'], []]);
  });

  it('of one that never comes, whose late file is received all the same', async () => {
    const ref = await stations.connected();
    const { id, address, requestId } = await stations.accepted(ref);
    await stations.report(ref, 'Uploading', requestId);
    await past(id);
    await sweep();
    expect(await stations.outcome(id)).toEqual(['failed', 'timed-out']);
    expect(await stations.put(address, 'late')).toBe(201);
    expect(await stations.outcome(id)).toEqual(['succeeded', null]);
  });

  it('of one that is said to be uploaded and never was', async () => {
    const ref = await stations.connected();
    const { id, requestId } = await stations.accepted(ref);
    await stations.report(ref, 'Uploaded', requestId);
    await past(id);
    await sweep();
    expect(await stations.outcome(id)).toEqual(['failed', 'not-confirmed']);
  });

  it('of a station that boots while it is at it comes sooner', async () => {
    const ref = await stations.connected();
    const { id, requestId, expiresAt } = await stations.accepted(ref);
    await stations.report(ref, 'Uploading', requestId);
    await stations.database(`UPDATE device_config.stations SET booted_at = now() + interval '1 second' WHERE station = $1`, [ref.station]);
    await sweep();
    const shown = await stations.shown(id);
    expect(shown).toMatchObject({ state: 'running', rebootedAt: expect.any(String) });
    expect(shown.expiresAt < expiresAt).toBe(true);
  });

  it('of a station without the function, or without a log', async () => {
    const ref = await stations.connected('ocpp1.6');
    const without = await stations.ask(ref);
    await stations.answer(ref, {});
    expect(await stations.outcome(without.id)).toEqual(['failed', 'no-log']);
    const unknown = await stations.ask(ref);
    await stations.answer(ref, {}, { status: 'error', error: { code: 'NotImplemented', description: '' } });
    expect(await stations.outcome(unknown.id)).toEqual(['failed', 'not-supported']);
  });
});

it('is listed by what is asked of the list, and seen by its tenant alone', async () => {
  const ref = await stations.connected();
  const { id } = await stations.ask(ref, { type: 'SecurityLog' });
  await stations.app.request('PUT', '/v1/tenants/other', { body: { currency: 'EUR', defaultTariff: null } });
  const list = async (query: string, tenant = 'default') =>
    (await stations.app.request<{ items: { id: string }[] }>('GET', `/v1/logs?${query}`, { tenant })).body.items.map((one) => one.id);
  expect(await list(`station=${ref.station}&type=SecurityLog&state=sent`)).toEqual([id]);
  for (const none of ['type=DiagnosticsLog', 'state=failed', 'reason=rejected', 'to=2020-01-01T00:00:00Z'])
    expect(await list(`station=${ref.station}&${none}`)).toEqual([]);
  expect(await list('', 'other')).toEqual([]);
  for (const path of [`/v1/logs/${id}`, `/v1/logs/${id}/file`])
    expect(await stations.app.request('GET', path, { tenant: 'other' })).toMatchObject({ status: 404, body: { code: 'not-found' } });
  for (const path of ['/v1/logs/x', '/v1/logs/x/file'])
    expect(await stations.app.request('GET', path)).toMatchObject({ status: 404, body: { code: 'not-found' } });
});

it('needs an address of an operator where stations reach none of ours', async () => {
  const others = await UploadingStations.start({ VOLTBUS_UPLOAD_URL: '' });
  try {
    const ref = await others.connected();
    await expect(others.ask(ref)).rejects.toMatchObject({ status: 422 });
    expect(await others.ask(ref, { uploadTo: 'ftp://files.example/' })).toMatchObject({ state: 'sent' });
  } finally {
    await others.close();
  }
});
