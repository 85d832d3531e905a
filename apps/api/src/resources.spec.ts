import { TestApp } from '@voltbus/http/testing';
import { describeModule } from '@voltbus/http';
import { ApiModule } from './api.module';
import { RESOURCE_KINDS } from './testing/resource-kinds';
import { startApi, type TestApi } from './testing/test-api';

// One rule for every resource that has a PUT (ADR 64), tried on each of them.

interface Answer {
  status: number;
  etag: string | undefined;
  location: string | undefined;
  body: Record<string, unknown> & { code?: string; etag?: string; errors?: { path: string }[] };
}
type Body = object | string | null;
type Sent = { body?: Body; headers?: Record<string, string> };

const TOTP = { sharedSecret: 'a secret of both', validitySeconds: 30, length: 8 };
const EACH = Object.entries(RESOURCE_KINDS);
/** A station must have it before a PUT may replace it: `display.controller.spec.ts` tries the rule on it. */
const OF_A_STATIONS_DISPLAY = '/v1/stations/{station}/display-messages/{message}';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await put('/v1/stations/CS-1', {});
  for (const tariff of ['day', 'fleet']) await put(`/v1/tariffs/${tariff}`, { currency: 'EUR', perKwh: '1' });
});
afterAll(() => api?.close());

async function send(method: 'GET' | 'PUT' | 'PATCH' | 'DELETE', url: string, { body, headers = {} }: Sent = {}): Promise<Answer> {
  const type = body === undefined ? {} : { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' };
  const answer = await api.app.app.inject({
    ...{ method, url },
    ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: { authorization: `Bearer ${TestApp.KEY}`, ...type, ...headers },
  });
  const { etag, location } = answer.headers as Record<string, string | undefined>;
  return { status: answer.statusCode, etag, location, body: (answer.payload === '' ? {} : JSON.parse(answer.payload)) as Answer['body'] };
}
const put = (url: string, body: Body, headers = {}) => send('PUT', url, { body, headers });
const patch = (url: string, body: Body, headers = {}) => send('PATCH', url, { body, headers });
const refused = (status: number, code: string) => ({ status, body: expect.objectContaining({ code }) as object });

it('holds for every resource that the API describes with a PUT', async () => {
  const { paths } = await describeModule(ApiModule);
  const written = Object.entries(paths).filter(([path, item]) => item.put !== undefined && !path.endsWith('/file')); // files are no resources of this kind
  expect(written.map(([path]) => path)).toContain(OF_A_STATIONS_DISPLAY);
  expect(written).toHaveLength(EACH.length + 1);
  for (const [path, item] of written) expect([path, item.patch !== undefined]).toEqual([path, true]);
});

describe.each(EACH)('a %s', (_noun, { path, first, patch: changes, patched, losing, nulls = [], always = false }) => {
  let made: Answer;
  const kept = () => send('GET', path);
  beforeAll(async () => {
    made = await put(path, first);
  });

  it('is made by its PUT, with 201 and its Location, and replaced with 200; the same PUT has the same tag', async () => {
    expect(made).toMatchObject(always ? { status: 200 } : { status: 201, location: path });
    expect(made.etag).toMatch(/^"[\w-]{22}"$/);
    expect(await put(path, first)).toMatchObject({ status: 200, location: undefined, ...('totp' in first ? {} : { etag: made.etag }) });
  });

  it('has the tag of its PUT when it is read, and is not sent again to one who has it', async () => {
    const { etag = '' } = await put(path, first);
    expect(await kept()).toMatchObject({ status: 200, etag });
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, '*'])
      expect(await send('GET', path, { headers: { 'if-none-match': tags } })).toMatchObject({ status: 304, etag, body: {} });
    for (const tags of ['"other"', etag.replaceAll('"', '')])
      expect((await send('GET', path, { headers: { 'if-none-match': tags } })).status).toBe(200);
  });

  it('is changed in part by a PATCH, which has another tag, and the same one again when it is taken back', async () => {
    const { etag, body } = await kept();
    const { changedAt: _changed, updatedAt: _updated, ...before } = body; // some show when they were changed
    const changed = await patch(path, changes);
    expect(changed).toMatchObject({ status: 200, body: patched });
    expect(changed.etag).not.toBe(etag);
    expect(await kept()).toMatchObject({ etag: changed.etag, body: { ...before, ...patched } });
    expect(await patch(path, {})).toMatchObject({ status: 200, etag: changed.etag });
    expect(await put(path, first)).toMatchObject('totp' in first ? {} : { etag });
  });

  it('is left as it is by a PUT or PATCH whose precondition fails, and changed where it holds', async () => {
    const { etag = '', body } = await kept();
    const failing: Record<string, string>[] = [
      { 'if-match': '"other"' },
      { 'if-match': `W/${etag}` },
      { 'if-none-match': '*' },
      { 'if-none-match': `"other", ${etag}` },
      { 'if-match': etag, 'if-none-match': '*' },
    ];
    for (const headers of failing)
      for (const answer of [await put(path, first, headers), await patch(path, changes, headers)])
        expect(answer).toMatchObject({
          status: 412,
          body: {
            code: 'precondition-failed',
            etag,
            errors: [{ in: 'header', path: headers['if-none-match'] === undefined ? '/If-Match' : '/If-None-Match' }],
          },
        });
    expect(await kept()).toMatchObject({ etag, body });
    for (const name of ['If-Match', 'If-None-Match'])
      expect(await put(path, first, { [name]: etag.replaceAll('"', '') })).toMatchObject({
        status: 400,
        body: { code: 'bad-request', errors: [{ in: 'header', path: `/${name}` }] },
      });
    expect((await patch(path, changes, { 'if-match': `"other", ${etag}` })).status).toBe(200);
    expect((await patch(path, changes, { 'if-match': etag })).body).toMatchObject({
      code: 'precondition-failed',
      etag: (await kept()).etag,
    });
    expect((await put(path, first, { 'if-match': '*' })).status).toBe(200);
  });

  it.each(losing)('does not lose money or safety by a PUT of %j', async (body, ...paths) => {
    const { etag } = await kept();
    const answer = await put(path, body);
    expect(answer).toMatchObject(refused(422, 'invalid'));
    expect((answer.body.errors ?? []).map((error) => error.path)).toEqual(paths);
    expect(await kept()).toMatchObject({ etag });
  });

  it('gives members their defaults by a PATCH with null', async () => {
    for (const [nulled, shown] of nulls) expect(await patch(path, nulled)).toMatchObject({ status: 200, body: shown });
    await put(path, first);
  });

  it('refuses a PATCH with members that there are not, of another resource, or that is no object', async () => {
    for (const body of [{ nonsense: 1 }, { nonsense: null }, [], null, '"text"', '7'])
      expect(await patch(path, body)).toMatchObject(refused(422, 'invalid'));
  });

  it('is removed where the precondition holds, and only then', async () => {
    if (always) return;
    const { etag = '' } = await kept();
    const remove = (headers: Record<string, string>) => send('DELETE', path, { headers });
    const failing: Record<string, string>[] = [{ 'if-match': '"other"' }, { 'if-none-match': '*' }];
    for (const headers of failing) expect(await remove(headers)).toMatchObject(refused(412, 'precondition-failed'));
    expect((await remove({ 'if-match': etag })).status).toBe(204);
    expect(await remove({})).toMatchObject({ status: 404 });
    expect(await patch(path, changes)).toMatchObject({ status: 404 });
    if (path.startsWith('/v1/tenants')) return; // its name is never given again
    expect(await put(path, first, { 'if-match': '*' })).toMatchObject(refused(412, 'precondition-failed'));
    expect(await put(path, first, { 'if-none-match': '*' })).toMatchObject({ status: 201 });
  });
});

it('loses none of many changes that are made at once, each of another member', async () => {
  const members = { perKwh: '2', perMinute: '3', perIdleMinute: '4', fixed: '5', taxPercent: '6', idleGraceMinutes: 7 };
  await put('/v1/tariffs/busy', { currency: 'EUR', perKwh: '0' });
  await Promise.all(Object.entries(members).map(([name, value]) => patch('/v1/tariffs/busy', { [name]: value })));
  expect((await send('GET', '/v1/tariffs/busy')).body).toMatchObject(members);

  const limits = { maxEnergyWh: 1, maxSeconds: 2, maxCost: '3' };
  await put('/v1/tokens/BUSY', { status: 'Accepted' });
  const changes = [
    ...Object.entries(limits).map(([name, value]) => ({ limit: { [name]: value } })),
    { status: 'Blocked' },
    { groupId: 'G' },
  ];
  await Promise.all(changes.map((change) => patch('/v1/tokens/BUSY', change)));
  expect((await send('GET', '/v1/tokens/BUSY')).body).toMatchObject({ limit: limits, status: 'Blocked', groupId: 'G' });

  await put('/v1/stations/busy', {});
  const settings = { blocked: true, group: 'g', registration: 'pending', pinnedProtocol: 'ocpp1.6', securityProfile: 3 };
  await Promise.all(Object.entries(settings).map(([name, value]) => patch('/v1/stations/busy', { [name]: value })));
  expect((await send('GET', '/v1/stations/busy')).body).toMatchObject(settings);

  await put('/v1/tenants/busy', { currency: 'EUR', defaultTariff: null });
  const policy = { name: 'B', showCost: true, minSecurityProfile: 3, unknownTokens: 'accept', keepMessagesHours: 1 };
  await Promise.all(Object.entries(policy).map(([name, value]) => patch('/v1/tenants/busy', { [name]: value })));
  expect((await send('GET', '/v1/tenants/busy')).body).toMatchObject(policy);
});

it('lets one of many win who all change what they have read, or make what is not there', async () => {
  const { etag = '' } = await put('/v1/tokens/RACE', { status: 'Accepted' });
  const rivals = Array.from({ length: 5 }, (_, nth) => `G${nth}`);
  const changed = await Promise.all(rivals.map((groupId) => patch('/v1/tokens/RACE', { groupId }, { 'if-match': etag })));
  expect(changed.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);
  const made = await Promise.all(rivals.map((groupId) => put('/v1/tokens/NEW', { status: 'Accepted', groupId }, { 'if-none-match': '*' })));
  expect(made.map(({ status }) => status).sort()).toEqual([201, 412, 412, 412, 412]);
  const removed = await Promise.all(rivals.map(() => send('DELETE', '/v1/tokens/NEW')));
  expect(removed.map(({ status }) => status).sort()).toEqual([204, 404, 404, 404, 404]);
});

it("stands for a station's password without showing it, and not for what the station reports", async () => {
  const url = '/v1/stations/tagged';
  const first = await put(url, { password: 'correct horse battery' });
  const other = await patch(url, { password: 'correct horse staple' });
  expect(other.etag).not.toBe(first.etag);
  expect((await put(url, {})).etag).toBe(other.etag); // a password cannot be repeated, so it stays
  const none = await patch(url, { password: null });
  expect([none.etag === first.etag, none.etag === other.etag]).toEqual([false, false]);
  expect((await put('/v1/stations/plain', {})).etag).toBe(none.etag);
});

it('keeps the secret of a QR code that a PATCH or PUT leaves out, and needs one where there is none', async () => {
  const url = '/v1/stations/CS-1/qr-codes/2';
  const urlTemplate = 'https://pay.example/{chargingstationid}/{evse}';
  await put(url, { urlTemplate, totp: null });
  const { sharedSecret: _secret, ...terms } = TOTP;
  expect(await patch(url, { totp: terms })).toMatchObject({ status: 422 });
  const dynamic = `${urlTemplate}/{totp}/{version}`;
  expect((await patch(url, { urlTemplate: dynamic, totp: terms })).body.errors).toMatchObject([{ path: '/totp/sharedSecret' }]);
  await patch(url, { urlTemplate: dynamic, totp: TOTP });
  expect(await put(url, { urlTemplate: dynamic, totp: terms })).toMatchObject({ status: 200 });
  expect(JSON.stringify((await send('GET', url)).body)).not.toContain(TOTP.sharedSecret);
  expect(await patch(url, { urlTemplate, totp: null })).toMatchObject({ status: 200, body: { totp: null } });
});

it('takes a merge patch in a PATCH only, and JSON there as well', async () => {
  const headers = { 'content-type': 'application/merge-patch+json' };
  expect(await send('PUT', '/v1/tokens/MEDIA', { body: { status: 'Accepted' }, headers })).toMatchObject({ status: 415 });
  await put('/v1/tokens/MEDIA', { status: 'Accepted' });
  const json = { 'content-type': 'application/json' };
  expect(await send('PATCH', '/v1/tokens/MEDIA', { body: { status: 'Blocked' }, headers: json })).toMatchObject({ status: 200 });
  expect(await send('PATCH', '/v1/tokens/MEDIA', { body: '{}', headers: { 'content-type': 'text/plain' } })).toMatchObject({ status: 415 });
  expect((await put('/v1/tokens/MEDIA', { status: 'Accepted', idToken: 'OTHER' })).body.errors).toMatchObject([{ path: '/idToken' }]);
  expect((await patch('/v1/tokens/MEDIA', { idToken: 'OTHER' })).body.errors).toMatchObject([{ path: '/idToken' }]);
  expect(await patch('/v1/tokens/MEDIA', { idToken: 'media' })).toMatchObject({ status: 200 });
});
