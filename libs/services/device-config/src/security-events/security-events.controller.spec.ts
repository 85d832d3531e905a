import type { SecurityEvent } from '@voltbus/contracts';
import { TestApp } from '@voltbus/http/testing';
import { startHttp, type HttpFixture } from '../testing/start-http';
import { seenEvent } from './seen-events';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
  for (const station of ['CS-1', 'CS-2']) await http.service.stations.put({ tenant: 'default', station }, {});
  await http.service.securityEvents.writeMany(EVENTS);
});
afterAll(() => http?.close());

const event = (station: string, type: string, severity: SecurityEvent['severity'], hour: number): SecurityEvent =>
  seenEvent(
    { tenant: 'default', station },
    { type, severity, at: new Date(Date.UTC(2026, 5, 1, hour)).toISOString(), info: null, remoteAddress: '192.0.2.1' },
  );
const EVENTS = [
  event('CS-1', 'wrong-credentials', 'warning', 1),
  event('CS-2', 'identity-conflict', 'critical', 2),
  event('CS-1', 'identity-conflict', 'critical', 3),
];
const [first, second, third] = EVENTS;

describe('/v1/security-events', () => {
  it.each([
    ['', [third, second, first]],
    ['?sort=at', [first, second, third]],
    ['?severity=critical', [third, second]],
    ['?station=CS-1&type=identity-conflict', [third]],
    ['?source=station', []],
    ['?from=2026-06-01T02:00:00Z&to=2026-06-01T03:00:00Z', [second]],
  ])('%s lists %#', async (query, items) => {
    expect(await http.request('GET', `/v1/security-events${query}`)).toEqual({ status: 200, body: { items, nextCursor: null } });
  });

  it('exports all that the filters leave, a line each', async () => {
    const { statusCode, payload } = await http.app.app.inject({
      url: '/v1/security-events/export?severity=critical',
      headers: { authorization: `Bearer ${TestApp.KEY}`, 'voltbus-tenant': 'default' },
    });
    expect(statusCode).toBe(200);
    const lines = payload.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as SecurityEvent)).toEqual([third, second]);
  });

  it('shows a tenant its own only', async () => {
    await http.request('PUT', '/v1/tenants/acme', { currency: 'EUR', defaultTariff: null });
    expect(await http.request('GET', '/v1/security-events', undefined, 'acme')).toMatchObject({ status: 200, body: { items: [] } });
  });
});
