import { startHttp, type HttpFixture } from '../../testing/start-http';

interface Shown {
  id: string;
  state: string;
  progress: { wave: number; stations: number; pending: number; skipped: number }[];
}

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
  await http.request('PUT', '/v1/tenants/other', { currency: 'EUR', defaultTariff: null });
  for (const station of ['CS-1', 'CS-2', 'CS-3']) await http.request('PUT', `/v1/stations/${station}`, { group: 'depot' });
  await http.request('PUT', '/v1/firmware-images/two', { url: 'ftp://cs:S3cret@files.example/two.bin', firmwareVersion: '2.0' });
});
afterAll(() => http?.close());

const FIRMWARE = { kind: 'firmware', image: 'two' };
const create = (body: object, tenant = 'default') =>
  http.request<Shown>('POST', '/v1/campaigns', { name: 'spring', work: FIRMWARE, ...body }, tenant);

it('is made, looked at, paused, resumed and cancelled; another tenant does not see it', async () => {
  const { status, body } = await create({ filter: { groups: ['DEPOT'] }, waves: [{ stations: 1 }] });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    ...{ name: 'spring', state: 'running', wave: 1, waveAt: expect.any(String), createdBy: 'administrator' },
    work: { kind: 'firmware', image: 'two', firmwareVersion: '2.0', retries: null, retryIntervalSeconds: null, runHours: 24 },
    ...{ window: null, timeZone: 'UTC', jitterSeconds: 600, atOnce: 50, maxFailures: 5, waveHours: 72, restHours: 0, endedAt: null },
    progress: [
      { wave: 1, stations: 1, pending: 1 },
      { wave: 2, stations: 2, pending: 2 },
    ],
  });
  expect(JSON.stringify(body)).not.toContain('S3cret');
  const path = `/v1/campaigns/${body.id}`;
  expect(await http.request('GET', path)).toMatchObject({ status: 200, body });
  expect((await http.request('GET', '/v1/campaigns?state=running')).body).toEqual({ items: [body], nextCursor: null });
  expect((await http.request('GET', '/v1/campaigns?state=done')).body).toMatchObject({ items: [] });
  const { items } = (await http.request<{ items: object[] }>('GET', `${path}/stations?sort=wave`)).body;
  expect(items).toMatchObject([1, 2, 2].map((wave) => ({ wave, state: 'pending', reason: null, work: null, attempts: 0 })));
  for (const [method, of] of [
    ['GET', ''],
    ['GET', '/stations'],
    ['POST', '/pause'],
    ['POST', '/resume'],
    ['POST', '/cancel'],
  ] as const)
    expect(await http.request(method, `${path}${of}`, undefined, 'other')).toMatchObject({ status: 404 });
  expect((await http.request('GET', '/v1/campaigns', undefined, 'other')).body).toMatchObject({ items: [] });

  expect(await http.request('POST', `${path}/resume`)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect(await http.request('POST', `${path}/pause`)).toMatchObject({ status: 200, body: { state: 'paused' } });
  expect(await http.request('POST', `${path}/resume`)).toMatchObject({ status: 200, body: { state: 'running' } });
  const ended = await http.request<Shown>('POST', `${path}/cancel`);
  expect(ended).toMatchObject({ status: 200, body: { state: 'cancelled', endedAt: expect.any(String) } });
  expect(ended.body.progress.map(({ skipped }) => skipped)).toEqual([1, 2]);
  expect(await http.request('POST', `${path}/cancel`)).toMatchObject({ status: 409 });
  const skipped = await http.request<{ items: object[] }>('GET', `${path}/stations?state=skipped&reason=cancelled&station=CS-1`);
  expect(skipped.body.items).toMatchObject([{ station: 'CS-1' }]);
});

it('waits for a second person where that is wanted: another key, not one with another secret or made by the same key; each decision is recorded', async () => {
  const make = async (name: string, by?: string) =>
    (
      await http.request<{ id: string; key: string }>(
        'POST',
        '/v1/api-keys',
        { name, role: 'tenant-admin' },
        by === undefined ? 'default' : null,
        by,
      )
    ).body;
  const [anna, bert] = [await make('anna'), await make('bert')];
  const child = await make('made by anna', anna.key);
  const made = await http.request<Shown>(
    'POST',
    '/v1/campaigns',
    { name: 'approved', work: FIRMWARE, needsApproval: true },
    null,
    anna.key,
  );
  expect(made).toMatchObject({
    status: 201,
    body: { state: 'awaiting-approval', approval: { reason: 'asked-for', until: expect.any(String), decidedBy: null, decidedAt: null } },
  });
  const path = `/v1/campaigns/${made.body.id}`;
  const rotated = await http.request<{ key: string }>('POST', `/v1/api-keys/${anna.id}/rotate`, { overlapSeconds: 60 }, 'default');
  for (const key of [anna.key, rotated.body.key, child.key])
    for (const decision of ['approve', 'refuse'])
      expect(await http.request('POST', `${path}/${decision}`, undefined, null, key)).toMatchObject({
        status: 403,
        body: { code: 'same-person' },
      });
  expect(await http.request('POST', `${path}/resume`, undefined, null, bert.key)).toMatchObject({ status: 409 });
  expect(await http.request('POST', `${path}/approve`, undefined, 'other')).toMatchObject({ status: 404 });
  const approval = { decidedBy: bert.id, decidedAt: expect.any(String) };
  expect(await http.request('POST', `${path}/approve`, undefined, null, bert.key)).toMatchObject({
    status: 200,
    body: { state: 'running', approval },
  });
  expect(await http.request('POST', `${path}/approve`)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  const log = await http.request<{ items: { actor: string; path: string }[] }>('GET', `/v1/audit-log?path=${path}/approve`);
  expect(log.body.items.map(({ actor }) => actor)).toContain(bert.id);
  await http.request('POST', `${path}/cancel`);
});

it('raises the security profile in nights of the week, with a rest between two waves', async () => {
  const work = { kind: 'security-profile', target: 2, url: 'wss://csms.test/ocpp' };
  const window = { from: '22:00', to: '05:00', weekdays: ['monday', 'tuesday'] };
  const { status, body } = await create({ work, window, restHours: 48, paused: true });
  expect({ status, body }).toMatchObject({
    status: 201,
    body: { work: { ...work, interface: 'Wired0', messageTimeoutSeconds: 30, runHours: 48 }, window, restHours: 48, state: 'paused' },
  });
  expect((await http.request<{ items: Shown[] }>('GET', '/v1/campaigns?kind=security-profile')).body.items.map(({ id }) => id)).toEqual([
    body.id,
  ]);
});

it('sets the values of a profile as they were when it was made, and shows what came of each at a station', async () => {
  const values = [{ key: 'HeartbeatInterval', value: '300' }];
  await http.request('PUT', '/v1/configuration-profiles/heartbeat', { mode: 'off', values });
  const { body } = await create({ work: { kind: 'configuration', profile: 'heartbeat' }, paused: true });
  const shown = { kind: 'configuration', profile: 'heartbeat', values: [{ ...values[0], attribute: 'Actual' }], runHours: 24 };
  expect(body).toMatchObject({ work: shown });
  await http.request('PUT', '/v1/configuration-profiles/heartbeat', { mode: 'off', values: [{ key: 'HeartbeatInterval', value: '1' }] });
  expect((await http.request('GET', `/v1/campaigns/${body.id}`)).body).toMatchObject({ work: shown });
  const name = { component: 'OCPPCommCtrlr', variable: 'HeartbeatInterval', key: 'HeartbeatInterval' };
  await http.service.database.query(
    `WITH begun AS (UPDATE device_config.campaign_stations SET state = 'started', work = gen_random_uuid() WHERE campaign = $1 AND station = 'CS-1' RETURNING work)
     INSERT INTO device_config.campaign_settings (campaign, tenant, station, id, items, state, next_at, deliver_by, until)
     SELECT $1, 'default', 'CS-1', work, $2, 'waiting', now(), now(), now() FROM begun`,
    [body.id, JSON.stringify([{ name, attribute: 'Actual', value: '300', result: 'reboot-required' }])],
  );
  const { items } = (await http.request<{ items: object[] }>('GET', `/v1/campaigns/${body.id}/stations`)).body;
  expect(items).toMatchObject([{ values: [{ ...name, value: '300', result: 'reboot-required' }] }, { values: null }, { values: null }]);
});

it('asks for no certificates where nobody issues any', async () => {
  expect(await create({ work: { kind: 'certificate' } })).toMatchObject({ status: 409, body: { code: 'conflict' } });
});

it('is made without a plan: never all at once', async () => {
  const { body } = await create({ paused: true });
  expect(body).toMatchObject({ state: 'paused', waves: [{ percent: 5 }, { percent: 25 }], jitterSeconds: 600 });
  expect(body.progress.map(({ stations }) => stations)).toEqual([1, 1, 1]);
});

it.each([
  [{ work: { kind: 'firmware', image: 'three' } }, 'unknown-reference', '/work/image'],
  [{ filter: { groups: ['elsewhere'] } }, 'invalid', '/filter'],
  [{ waves: [{ stations: 0 }] }, 'invalid', '/waves'],
  [{ waves: [{ percent: 101 }] }, 'invalid', '/waves'],
  [{ waves: Array.from({ length: 21 }, () => ({ stations: 1 })) }, 'invalid', '/waves'],
  [{ window: { from: '25:00', to: '05:00' } }, 'invalid', '/window'],
  [{ window: { from: '05:00', to: '05:00' } }, 'invalid', '/window'],
  [{ window: { from: '05:00', to: '05:10' } }, 'invalid', '/jitterSeconds'],
  [{ timeZone: 'Europe/Atlantis' }, 'invalid', '/timeZone'],
  [{ maxFailures: -1 }, 'invalid', '/maxFailures'],
  [{ work: undefined }, 'invalid', '/work'],
  [{ work: { kind: 'coffee' } }, 'invalid', '/work/kind'],
  [{ work: { ...FIRMWARE, target: 2 } }, 'invalid', '/work'],
  [{ work: { kind: 'security-profile', target: 4 } }, 'invalid', '/work/target'],
  [{ work: { kind: 'security-profile', target: 2, url: 'ws://csms.test/ocpp' } }, 'invalid', '/work/url'],
  [{ work: { kind: 'security-profile', target: 2, runHours: 721 } }, 'invalid', '/work/runHours'],
  [{ work: { kind: 'configuration' } }, 'invalid', '/work'],
  [{ work: { kind: 'configuration', profile: 'none' } }, 'unknown-reference', '/work/profile'],
  [{ work: { kind: 'configuration', values: [] } }, 'invalid', '/work/values'],
  [
    { work: { kind: 'configuration', values: Array.from({ length: 51 }, (_, nth) => ({ key: `k${nth}`, value: '1' })) } },
    'invalid',
    '/work/values',
  ],
  [{ work: { kind: 'configuration', values: [{ key: 'AuthorizationKey', value: 'S3cret' }] } }, 'invalid', '/work/values/0'],
  [
    {
      work: {
        kind: 'configuration',
        values: [
          { key: 'k', value: '1' },
          { key: 'securityPROFILE', value: '3' },
        ],
      },
    },
    'invalid',
    '/work/values/1',
  ],
  [
    { work: { kind: 'configuration', values: [{ component: 'OCPPCommCtrlr', variable: 'NetworkConfigurationPriority', value: '2' }] } },
    ...(['invalid', '/work/values/0'] as const),
  ],
  [{ work: { kind: 'certificate', certificate: 'MyCertificate' } }, 'invalid', '/work/certificate'],
  [{ window: { from: '01:00', to: '05:00', weekdays: ['caturday'] } }, 'invalid', '/window/weekdays'],
  [{ restHours: 721 }, 'invalid', '/restHours'],
])('%j is refused', async (body, code, path) => {
  const answer = await create(body);
  expect(answer).toMatchObject({ status: 422, body: { code } });
  expect(JSON.stringify(answer.body)).toContain(path);
});

it.each(['x', '00000000-0000-4000-8000-000000000000'])('%s is none', async (id) => {
  expect(await http.request('GET', `/v1/campaigns/${id}`)).toMatchObject({ status: 404, body: { code: 'not-found' } });
});
