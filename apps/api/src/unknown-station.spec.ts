import { describeModule } from '@voltbus/http';
import type { TestApp } from '@voltbus/http/testing';
import { startApi, type TestApi } from './testing/test-api';
import { ApiModule } from './api.module';

const BELOW = '/v1/stations/{station}/';
const CHANGES = ['post', 'put', 'delete', 'patch'];
const routes: { method: string; path: string }[] = [];
let fixture: TestApi | undefined;
let app: TestApp;

beforeAll(async () => {
  const { paths } = await describeModule(ApiModule);
  for (const [path, item] of Object.entries(paths))
    if (path.startsWith(BELOW)) routes.push(...Object.keys(item).map((method) => ({ method, path })));
  fixture = await startApi();
  ({ app } = fixture);
});
afterAll(() => fixture?.close());

interface Answer {
  status: number;
  body: { code?: string } | null;
}

function request({ method, path }: { method: string; path: string }, station: string, tenant = 'default'): Promise<Answer> {
  const url = path.replace('{station}', encodeURIComponent(station)).replace('{evse}', '1');
  const body = ['post', 'put', 'patch'].includes(method) ? (BODIES[path.slice(BELOW.length)] ?? {}) : undefined;
  return app.request(method.toUpperCase() as 'GET', url, { body, tenant }); // any of the methods
}

/** Bodies that are valid for a registered station. */
const BODIES: Readonly<Record<string, object>> = {
  commands: { action: 'ClearCache', payload: {}, ttl: 3_600 },
  'remote-start': { idToken: 'TAG' },
  'local-list': { mode: 'tokens' },
  'qr-codes/{evse}': { urlTemplate: 'https://pay.example/{evse}', totp: null },
};

it('every route below a station that is not registered answers 404 `unknown-station`, and stores nothing', async () => {
  expect(routes.filter(({ method }) => CHANGES.includes(method)).length).toBeGreaterThan(5);
  for (const route of routes) {
    const { status, body } = await request(route, 'nobody');
    expect([route, status, body?.code]).toEqual([route, 404, 'unknown-station']);
  }
  expect(await app.request('GET', '/v1/commands')).toMatchObject({ body: { items: [] } });
  await app.request('PUT', '/v1/stations/nobody', { body: {} });
  expect(await app.request('GET', '/v1/stations/nobody/qr-codes')).toMatchObject({ status: 200, body: { items: [] } });
  expect(await app.request('GET', '/v1/stations/nobody/local-list')).toMatchObject({ status: 200, body: { mode: 'off' } });
  await app.request('DELETE', '/v1/stations/nobody');
});

it('a station of another tenant is unknown, and so is a deleted one', async () => {
  await app.request('PUT', '/v1/tenants/other', { body: { currency: 'EUR', defaultTariff: null } });
  await app.request('PUT', '/v1/stations/CS%2F1', { body: {} });
  const command = { method: 'post', path: `${BELOW}commands` };
  expect(await request(command, 'CS/1')).toMatchObject({ status: 202 });
  expect(await request(command, 'CS/1', 'other')).toMatchObject({ status: 404, body: { code: 'unknown-station' } });
  await app.request('DELETE', '/v1/stations/CS%2F1');
  expect(await request(command, 'CS/1')).toMatchObject({ status: 404, body: { code: 'unknown-station' } });
});

it('a name that no station can have is refused by the route, and a request without a key learns nothing of stations', async () => {
  const command = { method: 'post', path: `${BELOW}commands` };
  expect((await request(command, 'x'.repeat(49))).status).toBe(422);
  expect((await request(command, 'a\u0000b')).status).toBe(422);
  expect(await app.request('GET', '/v1/stations/nobody/messages', { key: null })).toMatchObject({ status: 401 });
});
