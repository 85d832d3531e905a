import type { FrameCopy } from '@voltbus/contracts';
import { startHttp, type HttpFixture } from '../../testing/start-http';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
  await http.request('PUT', `/v1/stations/${encodeURIComponent('Säule 1')}`, {});
  await http.request('PUT', '/v1/tenants/acme', { currency: 'EUR', defaultTariff: null });
  await http.service.messageLog.writeMany(copies);
});
afterAll(() => http?.close());

const url = `/v1/stations/${encodeURIComponent('Säule 1')}/messages`;
const minute = Date.now() - 60_000;
const copy = (seq: number, changes: Partial<FrameCopy>): FrameCopy => ({
  tenant: 'default',
  station: 'Säule 1',
  seq,
  at: minute + seq,
  direction: 'in',
  type: 'call',
  messageId: 'm1',
  action: 'Heartbeat',
  latencyMs: null,
  bytes: 22,
  cut: false,
  payload: '{}',
  ...changes,
});
const copies = [
  copy(1, {}),
  copy(2, { direction: 'out', type: 'result', latencyMs: 3.5, payload: '{"currentTime":"2026-06-01T12:00:00Z"}' }),
  copy(3, { action: 'DataTransfer', payload: `${'['.repeat(5_000)}` }),
  copy(4, { action: 'DataTransfer', payload: `${'['.repeat(5_000)}${']'.repeat(5_000)}` }),
];
interface Items {
  items: { at: string; payload: unknown }[];
  nextCursor: string | null;
}

describe('/v1/stations/{station}/messages', () => {
  it('shows the last frames both ways, newest first', async () => {
    const { status, body } = await http.request<Items>('GET', `${url}?limit=10`);
    expect(status).toBe(200);
    expect(body.nextCursor).toBeNull();
    expect(body.items.slice(2)).toEqual([
      {
        at: new Date(minute + 2).toISOString(),
        direction: 'out',
        type: 'result',
        messageId: 'm1',
        action: 'Heartbeat',
        payload: { currentTime: '2026-06-01T12:00:00Z' },
        latencyMs: 3.5,
        bytes: 22,
        cut: false,
      },
      {
        at: new Date(minute + 1).toISOString(),
        direction: 'in',
        type: 'call',
        messageId: 'm1',
        action: 'Heartbeat',
        payload: {},
        latencyMs: null,
        bytes: 22,
        cut: false,
      },
    ]);
  });

  it('shows a payload as text that is not JSON, or nests too deep', async () => {
    const { body } = await http.request<Items>('GET', `${url}?limit=2`);
    expect(body.items.map(({ payload }) => payload)).toEqual([copies[3]?.payload, copies[2]?.payload]);
  });

  it('goes page by page', async () => {
    const seen: string[] = [];
    for (let next: string | null = `${url}?limit=3`; next !== null;) {
      const { body }: { body: Items } = await http.request<Items>('GET', next);
      seen.push(...body.items.map(({ at }) => at));
      next = body.nextCursor === null ? null : `${url}?limit=3&cursor=${body.nextCursor}`;
    }
    expect(seen).toEqual([4, 3, 2, 1].map((seq) => new Date(minute + seq).toISOString()));
  });

  it('belongs to a station of the tenant', async () => {
    expect(await http.request('GET', url, undefined, 'acme')).toMatchObject({ status: 404, body: { code: 'unknown-station' } });
    expect(await http.request('GET', '/v1/stations/nobody/messages')).toMatchObject({ status: 404 });
    expect(await http.request('GET', '/v1/stations/a%00b/messages')).toMatchObject({ status: 404 });
  });

  it.each(['limit=0', 'limit=201', 'cursor=!', `cursor=${Buffer.from('[1,"x"]').toString('base64url')}`])('refuses ?%s', async (query) => {
    expect(await http.request('GET', `${url}?${query}`)).toMatchObject({
      status: 400,
      body: { code: query.startsWith('cursor') ? 'invalid-cursor' : 'bad-request' },
    });
  });

  it('is empty where the tenant keeps none', async () => {
    await http.request('PUT', '/v1/tenants/default', { currency: 'EUR', defaultTariff: null, keepMessagesHours: 0 });
    expect(await http.request('GET', url)).toEqual({ status: 200, body: { items: [], nextCursor: null } });
    await http.request('PUT', '/v1/tenants/default', { currency: 'EUR', defaultTariff: null });
  });
});
