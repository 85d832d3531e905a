import { startHttp, type HttpFixture } from '../../testing/start-http';
import { MAX_IMAGES } from '../limits';
import { SIGNED } from '../testing/updated-stations';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
  await http.request('PUT', '/v1/tenants/other', { currency: 'EUR', defaultTariff: null });
  await http.request('PUT', '/v1/stations/CS-1', {});
});
afterAll(() => http?.close());

const IMAGE = { url: 'https://files.example/two.bin' };
const WHOLE = {
  ...{
    description: null,
    firmwareVersion: null,
    vendor: null,
    model: null,
    sha256: null,
    file: null,
    signature: null,
    signingCertificate: null,
    ...IMAGE,
  },
};
const put = (name: string, body: object) => http.request('PUT', `/v1/firmware-images/${name}`, body);
const start = (station: string, body: object, tenant = 'default') =>
  http.request<{ id: string }>('POST', `/v1/stations/${station}/firmware-updates`, body, tenant);

describe('/v1/firmware-images', () => {
  it('is made, read, changed in part and removed; another tenant does not see it', async () => {
    expect(await put('two', IMAGE)).toMatchObject({ status: 201, body: { image: 'two', ...WHOLE } });
    const changed = await http.request('PATCH', '/v1/firmware-images/two', { firmwareVersion: '2.0', vendor: 'Acme', ...SIGNED });
    expect(changed).toMatchObject({ status: 200, body: { ...WHOLE, firmwareVersion: '2.0', vendor: 'Acme', ...SIGNED } });
    expect((await http.request('GET', '/v1/firmware-images?vendor=ACME&search=TW')).body).toMatchObject({ items: [{ image: 'two' }] });
    expect((await http.request('GET', '/v1/firmware-images?vendor=Other')).body).toMatchObject({ items: [] });
    expect((await http.request('GET', '/v1/firmware-images', undefined, 'other')).body).toEqual({ items: [], nextCursor: null });
    expect(await http.request('GET', '/v1/firmware-images/two', undefined, 'other')).toMatchObject({ status: 404 });
    expect(await http.request('DELETE', '/v1/firmware-images/two')).toMatchObject({ status: 204 });
    expect(await http.request('GET', '/v1/firmware-images/two')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('a PUT that leaves out the signature or whom it is for takes neither away', async () => {
    await put('kept', { ...IMAGE, ...SIGNED, vendor: 'Acme' });
    const answer = await put('kept', {});
    expect(answer).toMatchObject({ status: 422 });
    for (const path of ['/url', '/vendor', '/signature']) expect(JSON.stringify(answer.body)).toContain(path);
  });

  it.each([
    [{ url: 'file:///etc/passwd' }, '/url'],
    [{ url: 'javascript:alert(1)' }, '/url'],
    [{ url: 'https://user:[redacted]@files.example/two.bin' }, 'give the whole URL'],
    [{ url: `https://files.example/${'x'.repeat(512)}` }, '/url'],
    [{ ...IMAGE, signature: SIGNED.signature }, '/signingCertificate'],
    [{ ...IMAGE, ...SIGNED, signature: 'not base64!' }, '/signature'],
    [{ ...IMAGE, ...SIGNED, signature: 'A'.repeat(801) }, '/signature'],
    [{ ...IMAGE, ...SIGNED, signingCertificate: 'a certificate' }, '/signingCertificate'],
    [{ ...IMAGE, sha256: 'abc' }, '/sha256'],
    [{ ...IMAGE, colour: 'red' }, 'colour'],
  ])('refuses %j', async (body, why) => {
    const answer = await put('refused', body);
    expect(answer).toMatchObject({ status: 422 });
    expect(JSON.stringify(answer.body)).toContain(why);
    expect(JSON.stringify(answer.body)).not.toContain('S3cret');
  });

  it('has so many of a tenant', async () => {
    await http.service.database.query(
      `INSERT INTO device_config.firmware_images (tenant, image, body, changed_at) SELECT 'other', 'i' || n, '{}', now() FROM generate_series(1, $1) n`,
      [MAX_IMAGES],
    );
    expect(await http.request('PUT', '/v1/firmware-images/more', IMAGE, 'other')).toMatchObject({ status: 409 });
  });
});

describe('/v1/firmware-updates', () => {
  it('is asked for, waits for its station, is listed and cancelled; another tenant does not see it', async () => {
    await put('three', { ...IMAGE, firmwareVersion: '3.0' });
    const { status, body } = await start('CS-1', { image: 'three', retries: 2 });
    const shown = {
      ...{ station: 'CS-1', image: 'three', firmwareVersion: '3.0', signed: false, versionBefore: null, state: 'waiting', reason: null },
      ...{ statuses: [], requestedBy: 'administrator', retrieveAt: null, installAt: null, retries: 2, retryIntervalSeconds: null },
      ...{ sentAt: null, acceptedAt: null, endedAt: null },
    };
    expect([status, body]).toEqual([202, expect.objectContaining(shown)]);
    const list = (query: string, tenant = 'default') =>
      http.request<{ items: { id: string }[] }>('GET', `/v1/firmware-updates?${query}`, undefined, tenant);
    expect((await list('state=waiting&image=three&station=CS-1')).body).toEqual({ items: [body], nextCursor: null });
    for (const none of ['state=succeeded', 'image=two', 'station=CS-2', 'reason=rejected', 'to=2020-01-01T00:00:00Z'])
      expect((await list(none)).body).toMatchObject({ items: [] });
    expect((await list('', 'other')).body).toMatchObject({ items: [] });
    const path = `/v1/firmware-updates/${body.id}`;
    for (const method of ['GET', 'POST'] as const)
      expect(await http.request(method, method === 'GET' ? path : `${path}/cancel`, undefined, 'other')).toMatchObject({ status: 404 });
    expect(await http.request('POST', `${path}/cancel`)).toMatchObject({ status: 200, body: { state: 'cancelled', reason: 'operator' } });
    expect(await http.request('GET', path)).toMatchObject({ status: 200, body: { state: 'cancelled' } });
  });

  it.each([
    ['CS-1', { image: 'unheard-of' }, 422, 'unknown-reference'],
    ['CS-1', { image: '../three' }, 422, 'invalid'],
    ['CS-1', { image: 'three', waitHours: 0 }, 422, 'invalid'],
    ['CS-1', { image: 'three', retrieveAt: 'soon' }, 422, 'invalid'],
    ['nowhere', { image: 'three' }, 404, 'unknown-station'],
  ])('%s %j is refused', async (station, body, status, code) => {
    expect(await start(station, body)).toMatchObject({ status, body: { code } });
  });

  it.each(['x', '00000000-0000-4000-8000-000000000000'])('%s is none', async (id) => {
    expect(await http.request('GET', `/v1/firmware-updates/${id}`)).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });
});
