import { describeModule, type BareFace } from '@voltbus/http';
import { startApi, type ApiFixture } from './api-fixture.module';
import { ApiModule } from './api.module';

const BELOW = '/v1/stations/{station}/';
const CHANGES = ['post', 'put', 'delete', 'patch'];
const routes: { method: string; path: string }[] = [];
let fixture: ApiFixture | undefined;
let face: BareFace;

beforeAll(async () => {
  const { paths } = await describeModule(ApiModule);
  for (const [path, item] of Object.entries(paths))
    if (path.startsWith(BELOW)) routes.push(...Object.keys(item).map((method) => ({ method, path })));
  fixture = await startApi();
  ({ face } = fixture);
});
afterAll(() => fixture?.close());

interface Answer {
  status: number;
  body: { code?: string } | null;
}

function asked({ method, path }: { method: string; path: string }, station: string, tenant = 'default'): Promise<Answer> {
  const url = path.replace('{station}', encodeURIComponent(station)).replace('{evse}', '1');
  const body = method === 'post' || method === 'put' ? (BODIES[path.slice(BELOW.length)] ?? {}) : undefined;
  return face.ask(method.toUpperCase() as 'GET', url, { body, tenant }); // asked by name
}

/** What would be taken of a station that is there. */
const BODIES: Readonly<Record<string, object>> = {
  commands: { action: 'ClearCache', payload: {}, ttl: 3_600 },
  'remote-start': { idToken: 'TAG' },
  'local-list': { mode: 'tokens' },
  'qr-codes/{evse}': { urlTemplate: 'https://pay.example/{evse}', totp: null },
};

it('every route below a station that is not there is 404 `unknown-station`, and makes nothing', async () => {
  expect(routes.filter(({ method }) => CHANGES.includes(method)).length).toBeGreaterThan(5);
  for (const route of routes) {
    const { status, body } = await asked(route, 'nobody');
    expect([route, status, body?.code]).toEqual([route, 404, 'unknown-station']);
  }
  expect(await face.ask('GET', '/v1/commands')).toMatchObject({ body: { items: [] } });
  await face.ask('PUT', '/v1/stations/nobody', { body: {} });
  expect(await face.ask('GET', '/v1/stations/nobody/qr-codes')).toMatchObject({ status: 200, body: { items: [] } });
  expect(await face.ask('GET', '/v1/stations/nobody/local-list')).toMatchObject({ status: 200, body: { mode: 'off' } });
  await face.ask('DELETE', '/v1/stations/nobody');
});

it('a station of another tenant is none, nor is one that was deleted', async () => {
  await face.ask('PUT', '/v1/tenants/other', { body: {} });
  await face.ask('PUT', '/v1/stations/CS%2F1', { body: {} });
  const command = { method: 'post', path: `${BELOW}commands` };
  expect(await asked(command, 'CS/1')).toMatchObject({ status: 202 });
  expect(await asked(command, 'CS/1', 'other')).toMatchObject({ status: 404, body: { code: 'unknown-station' } });
  await face.ask('DELETE', '/v1/stations/CS%2F1');
  expect(await asked(command, 'CS/1')).toMatchObject({ status: 404, body: { code: 'unknown-station' } });
});

it('a name that no station can have is the route\u2019s to judge, and whoever has no key learns of no station', async () => {
  const command = { method: 'post', path: `${BELOW}commands` };
  expect((await asked(command, 'x'.repeat(49))).status).toBe(422);
  expect((await asked(command, 'a\u0000b')).status).toBe(422);
  expect(await face.ask('GET', '/v1/stations/nobody/messages', { key: null })).toMatchObject({ status: 401 });
});
