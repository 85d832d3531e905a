import { startHttp, type HttpFixture } from '../../testing/http-fixture.module';

let http: HttpFixture;
let ask: HttpFixture['ask'];
beforeAll(async () => {
  http = await startHttp([['CS-1', 'ocpp1.6']]);
  ({ ask } = http);
});
afterAll(() => http?.close());

describe('/v1/stations/{station}/local-list', () => {
  const path = '/v1/stations/CS-1/local-list';

  it('is off until an operator wants it, and then shows how it stands', async () => {
    const off = { station: 'CS-1', mode: 'off', entriesPerMessage: 100, desiredVersion: null, reportedVersion: null, state: 'off' };
    const stationSays = { available: null, enabled: null, maxEntries: null, entriesPerMessage: null, bytesPerMessage: null };
    const nothing = { lastOutcome: null, changedAt: null, entries: 0, stationSays };
    expect(await ask('GET', path)).toEqual({ status: 200, body: { ...off, ...nothing } });
    expect(await ask('POST', `${path}/sync`)).toMatchObject({ status: 409, body: { code: 'conflict' } });
    await ask('PUT', '/v1/tokens/LISTED', { status: 'Accepted' }, 'lists');
    const on = { mode: 'tokens', state: 'pending', desiredVersion: 2, reportedVersion: null, entries: 1 };
    expect(await ask('PUT', path, { mode: 'tokens', entriesPerMessage: 20 }, 'lists')).toMatchObject({ status: 200, body: on });
    expect(await ask('POST', `${path}/sync`, undefined, 'lists')).toMatchObject({ status: 202, body: { ...on, entriesPerMessage: 20 } });
    expect(await ask('PATCH', path, { mode: 'off' }, 'lists')).toMatchObject({ body: { ...off, entriesPerMessage: 20 } });
    expect(await ask('GET', path)).toMatchObject({ body: off });
  });

  it.each([[{ mode: 'all' }], [{}], [{ mode: 'tokens', entriesPerMessage: 0 }], [{ mode: 'tokens', entriesPerMessage: 501 }]])(
    'refuses %j',
    async (body) => expect(await ask('PUT', path, body)).toMatchObject({ status: 422, body: { code: 'invalid' } }),
  );
});
