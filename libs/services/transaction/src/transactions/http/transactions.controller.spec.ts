import type { Transaction } from '@voltbus/contracts';
import { startHttp, type HttpFixture } from '../../testing/http-fixture.module';

let http: HttpFixture;
let ask: HttpFixture['ask'];
let sentCommands: HttpFixture['sentCommands'];
beforeAll(async () => {
  http = await startHttp([['CS-1', 'ocpp1.6']]);
  ({ ask, sentCommands } = http);
});
afterAll(() => http?.close());

interface List {
  items: Transaction[];
  nextCursor: string | null;
}

describe('/v1/transactions', () => {
  const begun = Date.now() - 3_600_000;
  const at = (minutes: number) => new Date(begun + minutes * 60_000).toISOString();

  beforeAll(async () => {
    for (const [minute, station] of [
      [0, 'CS-1'],
      [1, 'CS-2'],
      [2, 'CS-1'],
    ] as const) {
      const { transactionId } = await http.receive('StartTransaction', station, {
        connectorId: minute + 1,
        idTag: `TAG-${minute}`,
        meterStart: 1000,
        timestamp: at(minute),
      });
      const meterValue = [5, 6, 7].map((later) => ({ timestamp: at(later), sampledValue: [{ value: String(1000 + later) }] }));
      await http.receive('MeterValues', station, { connectorId: minute + 1, transactionId, meterValue });
      if (minute === 0) await http.receive('StopTransaction', station, { transactionId, meterStop: 2000, timestamp: at(30) });
    }
  });

  it.each([
    ['', ['TAG-2', 'TAG-1', 'TAG-0']],
    ['station=CS-1', ['TAG-2', 'TAG-0']],
    ['state=active', ['TAG-2', 'TAG-1']],
    ['state=ended', ['TAG-0']],
    ['idToken=tag-1', ['TAG-1']],
    [`from=${at(1)}`, ['TAG-2', 'TAG-1']],
    [`to=${at(1)}`, ['TAG-0']],
    ['state=ended,active&station=CS-2,CS-3&idToken=TAG-0,TAG-1', ['TAG-1']],
    ['sort=startedAt', ['TAG-0', 'TAG-1', 'TAG-2']],
    ['sort=endedAt&limit=1', ['TAG-0']], // what has no end is the largest
    ['sort=-endedAt&state=ended', ['TAG-0']],
  ])('lists, the newest first, by %j', async (query, expected) => {
    const { body } = await ask<List>('GET', `/v1/transactions?${query}`);
    expect(body.items.map(({ idToken }) => idToken)).toEqual(expected);
  });

  it('lists those that have any of the flags, with their number', async () => {
    const { body } = await ask<List>('GET', '/v1/transactions');
    const of = (...flags: string[]) => body.items.filter((one) => one.flags.some((flag) => flags.includes(flag))).map(({ id }) => id);
    expect(of('unknown-token').length).toBeGreaterThan(0);
    for (const flags of [['unknown-token'], ['gap', 'unknown-token'], ['clock']]) {
      const found = await ask<List & { total: number }>('GET', `/v1/transactions?total=true&flag=${flags.join()}`);
      expect(found.body.items.map(({ id }) => id)).toEqual(of(...flags));
      expect(found.body.total).toBe(of(...flags).length);
    }
  });

  it('pages through transactions and through the readings of one', async () => {
    const first = await ask<List>('GET', '/v1/transactions?limit=2');
    const second = await ask<List>('GET', `/v1/transactions?limit=2&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...second.body.items].map(({ idToken }) => idToken)).toEqual(['TAG-2', 'TAG-1', 'TAG-0']);
    expect(second.body.nextCursor).toBeNull();
    const url = `/v1/transactions/${first.body.items[0]?.id}/meter-values?limit=2`;
    const some = await ask<{ items: { energyWh: number }[]; nextCursor: string }>('GET', url);
    const rest = await ask<{ items: { energyWh: number }[] }>('GET', `${url}&cursor=${some.body.nextCursor}`);
    expect([...some.body.items, ...rest.body.items].map(({ energyWh }) => energyWh)).toEqual([1005, 1006, 1007]);
  });

  it('shows one, to its tenant only', async () => {
    const { body } = await ask<List>('GET', '/v1/transactions?state=ended');
    const id = body.items[0]?.id;
    expect(await ask('GET', `/v1/transactions/${id}`)).toEqual({ status: 200, body: body.items[0] });
    expect(body.items[0]).toMatchObject({
      evse: 1,
      connector: 1,
      meterStartWh: 1000,
      meterStopWh: 2000,
      energyWh: 1000,
      stopReason: 'Local',
    });
    expect(await ask('GET', `/v1/transactions/${id}`, undefined, 'other')).toMatchObject({ status: 404 });
    expect(await ask('GET', `/v1/transactions/${id}/meter-values`, undefined, 'other')).toMatchObject({ status: 404 });
  });

  it.each([
    ['/v1/transactions?from=yesterday', 400],
    ['/v1/transactions?state=over', 400],
    ['/v1/transactions?station=%00', 400],
    ['/v1/transactions?limit=0', 400],
    ['/v1/transactions?cursor=%00garbage', 400],
    ['/v1/transactions?cursor=Z2FyYmFnZQ', 400],
    ['/v1/transactions/not-a-uuid', 404],
    ['/v1/transactions/00000000-0000-0000-0000-000000000000', 404],
    ['/v1/transactions/00000000-0000-0000-0000-000000000000/meter-values', 404],
  ])('answers %s with a problem', async (url, status) => {
    expect(await ask('GET', url)).toMatchObject({
      status,
      body: { code: expect.stringMatching(status === 400 ? /^(bad-request|invalid-cursor)$/ : /^not-found$/) },
    });
  });

  it('F01, F03 starts and stops from afar through the command door', async () => {
    sentCommands.length = 0;
    const start = await ask<{ id: string }>('POST', '/v1/stations/CS-1/remote-start', { idToken: 'TAG-0', evse: 2 });
    expect(start).toMatchObject({ status: 202, body: { status: 'queued', action: 'RemoteStartTransaction' } });
    expect(await ask('GET', `/v1/remote-starts/${start.body.id}`)).toMatchObject({
      status: 200,
      body: { command: start.body.id, station: 'CS-1', idToken: 'TAG-0', evse: 2, state: 'waiting', refusal: null, transaction: null },
    });
    expect(await ask('GET', '/v1/remote-starts/00000000-0000-0000-0000-000000000000')).toMatchObject({ status: 404 });
    const { body } = await ask<List>('GET', '/v1/transactions?state=active&station=CS-1');
    const [active] = body.items;
    expect(await ask('POST', `/v1/transactions/${active?.id}/remote-stop`, {})).toMatchObject({
      status: 202,
      body: { action: 'RemoteStopTransaction' },
    });
    expect(sentCommands.map(({ ref, payload }) => [ref.station, payload])).toEqual([
      ['CS-1', { idTag: 'TAG-0', connectorId: 2 }],
      ['CS-1', { transactionId: Number(active?.ocppTransactionId) }],
    ]);
    expect(await ask('POST', '/v1/stations/CS-1/remote-start', { evse: 0 })).toMatchObject({ status: 422, body: { code: 'invalid' } });
    const ended = await ask<List>('GET', '/v1/transactions?state=ended');
    expect(await ask('POST', `/v1/transactions/${ended.body.items[0]?.id}/remote-stop`)).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
  });
});
