import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { ApiProblem, VoltbusClient, type ApiEvent, type Schemas } from '@voltbus/api-client';
import { TestApp } from '@voltbus/http/testing';
import { startApi, type TestApi } from './testing/test-api';

const ROOT = join(__dirname, '../../..');
const { changesOfTariffs, explain, findStation, keepBooks, onlineStations, resetStation, setUpTenant, showEvents } = jest.requireActual<
  typeof import('../../../docs/how-to/examples/use-the-client')
>('../../../docs/how-to/examples/use-the-client'); // a program of another team

let api: TestApi;
let baseUrl: string;
let client: VoltbusClient;

beforeAll(async () => {
  api = await startApi();
  await api.startPart('events');
  await api.app.app.listen(0, '127.0.0.1');
  baseUrl = (await api.app.app.getUrl()).replace('[::1]', '127.0.0.1');
  client = await setUpTenant(baseUrl, TestApp.KEY, 'acme');
});
afterAll(async () => {
  (api?.app.app.getHttpServer() as Server | undefined)?.closeAllConnections(); // those that fetch keeps open
  await api?.close();
});

const problemOf = (asked: Promise<unknown>): Promise<ApiProblem> =>
  asked.then(
    () => Promise.reject(new Error('no problem')),
    (error: unknown) => (error instanceof ApiProblem ? error : Promise.reject(error as Error)),
  );

describe('the TypeScript client, against the API', () => {
  it('makes stations, whatever their names, and lists them page after page', async () => {
    const names = ['CS 1/å', 'CS?2#', 'CS%3'];
    for (const station of names) await client.put('/v1/stations/{station}', { path: { station }, body: {} });
    const found: string[] = [];
    for await (const { station } of client.items('/v1/stations', { query: { limit: 1 } })) found.push(station);
    expect(found.sort()).toEqual([...names].sort());
    expect(await findStation(client, 'CS 1/å')).toMatchObject({ station: 'CS 1/å', online: false });
    expect(await findStation(client, 'nobody')).toBeNull();
    expect(await onlineStations(client)).toEqual([]);
    await client.delete('/v1/stations/{station}', { path: { station: 'CS%3' } });
    expect(await findStation(client, 'CS%3')).toBeNull();
  });

  it('meets problems as their codes, with the wrong places and the id of the request', async () => {
    const invalid = await problemOf(client.put('/v1/tariffs/{tariff}', { path: { tariff: 'x' }, body: {} as Schemas['TariffPut'] }));
    expect(invalid).toMatchObject({ code: 'invalid', status: 422, requestId: expect.any(String) });
    expect(explain(invalid)).toContain('/currency ');
    const id = { headers: { 'X-Request-Id': 'mine-1' } };
    expect(await problemOf(client.get('/v1/stations/{station}', { path: { station: 'nobody' }, ...id }))).toMatchObject({
      requestId: 'mine-1',
    });
    const stranger = new VoltbusClient({ baseUrl, key: 'wrong' });
    expect((await problemOf(stranger.get('/v1/stations'))).code).toBe('unauthorized');
    expect((await problemOf(client.get('/v1/tenants'))).code).toBe('forbidden');
    expect((await problemOf(client.items('/v1/cdrs', { query: { cursor: 'nonsense' } }).next())).code).toBe('invalid-cursor');
    const admin = new VoltbusClient({ baseUrl, key: TestApp.KEY, tenant: 'nobody' });
    expect(explain(await problemOf(admin.get('/v1/stations')))).toMatch(/404, request/);
  });

  it('sends a command once when the answer to the first try is lost', async () => {
    let tries = 0;
    const losing: typeof fetch = async (url, init) => {
      const answer = await fetch(url, init);
      if ((tries += 1) > 1) return answer;
      await answer.text();
      throw new TypeError('the connection was cut');
    };
    const key = (await client.post('/v1/api-keys', { body: { name: 'losing', scopes: ['operate'] } })).key;
    const command = await resetStation(new VoltbusClient({ baseUrl, key, fetch: losing, retry: { firstPauseMs: 1 } }), 'CS 1/å');
    const { items } = await client.get('/v1/commands', { query: { station: ['CS 1/å'] } });
    expect([tries, items.map(({ id }) => id)]).toEqual([2, [command.id]]);
  });

  it('reads the CDRs in the order of issue up to a cursor, at which it resumes', async () => {
    const stored: { cursor: string | null; runs: number } = { cursor: null, runs: 0 };
    const books: Parameters<typeof keepBooks>[1] = {
      cursor: () => Promise.resolve(stored.cursor),
      store: (_cdrs, cursor) => {
        Object.assign(stored, { cursor, runs: stored.runs + 1 });
        return Promise.resolve();
      },
    };
    await keepBooks(client, books);
    expect(stored).toEqual({ cursor: expect.stringMatching(/./), runs: 1 });
    await keepBooks(client, books);
    expect(stored.runs).toBe(2);
  });

  it('exports the audit log', async () => {
    await client.put('/v1/tariffs/{tariff}', { path: { tariff: 'day' }, body: { currency: 'EUR', perKwh: '0.49' } });
    const changes = await changesOfTariffs(client);
    expect(changes).toEqual([expect.stringMatching(/ [0-9a-f]{16} \/v1\/tariffs\/day$/)]);
  });

  it('follows the events of its tenant until it is told to end', async () => {
    const abort = new AbortController();
    const seen: ApiEvent[] = [];
    const shown = showEvents(client, (event) => (seen.push(event), abort.abort()), abort.signal);
    // nothing tells when the stream is open: a station is changed until a change is seen
    for (let tries = 0; !abort.signal.aborted && tries < 200; tries++) {
      await client.put('/v1/stations/{station}', { path: { station: 'CS 1/å' }, body: { blocked: tries % 2 === 0 } });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    abort.abort();
    await shown;
    expect(seen[0]).toMatchObject({ event: 'station', data: { station: 'CS 1/å' } });
  });
});

describe.each(['docs/how-to/use-the-typescript-client.md', 'libs/api-client/README.md'])('%s', (page) => {
  it('shows only code that is run here', () => {
    const example = readFileSync(join(ROOT, 'docs/how-to/examples/use-the-client.ts'), 'utf8').replace(/^export /gm, '');
    const blocks = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? '');
    expect(blocks.length).toBeGreaterThan(0);
    expect(blocks.filter((code) => !example.includes(code.trim()))).toEqual([]);
  });
});
