import type { Transaction } from '@voltbus/contracts';
import { startHttp, type HttpFixture } from '../../testing/http-fixture.module';

let http: HttpFixture;
let ask: HttpFixture['ask'];
let face: HttpFixture['face'];
beforeAll(async () => {
  http = await startHttp([['CS-1', 'ocpp1.6']]);
  ({ ask, face } = http);
});
afterAll(() => http?.close());

describe('remote starts and stops that are asked for again', () => {
  const again = <T = { id: string }>(url: string, key: string, body: object = {}) =>
    face.request<T>('POST', url, { body, tenant: 'default', headers: { 'idempotency-key': key } });

  it('are the same by their Idempotency-Key; with another body it is a conflict', async () => {
    const url = '/v1/stations/CS-1/remote-start';
    const first = await again(url, 'start-1', { idToken: 'TAG-AGAIN', evse: 1 });
    expect(first).toMatchObject({ status: 202 });
    expect(await again(url, 'start-1', { idToken: 'TAG-AGAIN', evse: 1 })).toEqual(first);
    expect(await again(url, 'start-1', { idToken: 'TAG-AGAIN', evse: 2 })).toMatchObject({
      status: 409,
      body: { code: 'idempotency-key-reused' },
    });
    expect((await again(url, 'start-2', { idToken: 'TAG-AGAIN', evse: 1 })).body.id).not.toBe(first.body.id);
  });

  it('stop a transaction by one command', async () => {
    const timestamp = new Date().toISOString();
    await http.receive('StartTransaction', 'CS-1', { connectorId: 1, idTag: 'TAG-0', meterStart: 0, timestamp });
    const { body } = await ask<{ items: Transaction[] }>('GET', '/v1/transactions?state=active&station=CS-1');
    const url = `/v1/transactions/${body.items[0]?.id}/remote-stop`;
    const first = await again(url, 'stop-1');
    expect(first).toMatchObject({ status: 202 });
    expect(await again(url, 'stop-1')).toEqual(first);
  });

  it.each(['', 'x'.repeat(256)])('refuse the key %j', async (key) => {
    expect(await again('/v1/stations/CS-1/remote-start', key, { idToken: 'TAG-0' })).toMatchObject({
      status: 400,
      body: { code: 'bad-request' },
    });
  });
});
