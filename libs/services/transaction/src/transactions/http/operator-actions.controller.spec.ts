import { transactions } from '../block';
import type { BilledTransaction } from '@voltbus/contracts';
import { listed } from '@voltbus/testing';
import { startHttp, type HttpFixture } from '../../testing/http-fixture.module';

let http: HttpFixture;
let id = '';
const begun = Date.now() - 7_200_000;
const at = (minutes: number) => new Date(begun + minutes * 60_000).toISOString();
beforeAll(async () => {
  http = await startHttp([]);
  await http.receive('StartTransaction', 'CS-1', { connectorId: 1, idTag: 'TAG', meterStart: 1_000, timestamp: at(0) });
  id = (await listed(http.service.use(transactions).store.views.list('default'), {}, 'startedAt'))[0]?.id ?? '';
});
afterAll(() => http?.close());

const ask = <T = Record<string, unknown>>(method: 'GET' | 'POST', path: string, body?: object, tenant = 'default') =>
  http.ask<T>(method, `/v1/transactions/${path}`, body, tenant);

it.each<[string, object, string]>([
  ['end', {}, '/endedAt'],
  ['end', { endedAt: at(30) }, '/reason'],
  ['end', { endedAt: at(30), reason: ' ' }, '/reason'],
  ['end', { endedAt: 'yesterday', reason: 'x' }, '/endedAt'],
  ['end', { endedAt: '0000-01-01T00:00:00Z', reason: 'x' }, '/endedAt'],
  ['end', { endedAt: `2026-01-01T00:00:00.${'0'.repeat(300)}Z`, reason: 'x' }, '/endedAt'],
  ['end', { endedAt: at(-30), reason: 'x' }, '/endedAt'],
  ['end', { endedAt: at(30), meterStopWh: -1, reason: 'x' }, '/meterStopWh'],
  ['end', { endedAt: at(30), meterStopWh: 1e300, reason: 'x' }, '/meterStopWh'],
  ['end', { endedAt: at(30), reason: 'x', colour: 'red' }, 'colour'],
  ['correct', { reason: 'x' }, 'corrects nothing'],
  ['correct', { energyWh: 0.5, reason: 'x' }, '/energyWh'],
  ['correct', { energyWh: 100_000_001, reason: 'x' }, '/energyWh'],
  ['correct', { energyWh: 1, reason: 'a\u0000b' }, '/reason'],
])('refuses %s %j, saying why', async (action, body, why) => {
  const answer = await ask('POST', `${id}/${action}`, body);
  expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
  expect(JSON.stringify(answer.body)).toContain(why);
});

/** An action keeps the transaction as it was; what it costs is another question. */
const factsOf = ({ cdrs: _cdrs, cost: _cost, ...facts }: BilledTransaction) => facts;

it('ends, then corrects, and shows who did what and why', async () => {
  expect(await ask('POST', `${id}/correct`, { energyWh: 1, reason: 'x' })).toMatchObject({ status: 409, body: { code: 'conflict' } });
  const end = { endedAt: at(30), meterStopWh: 6_000, reason: 'cable cut, ticket 7' };
  const ended = await ask<BilledTransaction>('POST', `${id}/end`, end);
  expect(ended).toMatchObject({ status: 200, body: { id, state: 'ended', endedAt: at(30), energyWh: 5_000 } });
  expect(await ask('POST', `${id}/end`, end)).toEqual(ended);
  expect(await ask('POST', `${id}/end`, { ...end, endedAt: at(31) })).toMatchObject({ status: 409 });
  const corrected = await ask<BilledTransaction>('POST', `${id}/correct`, { energyWh: 4_000, reason: 'half of it was ours' });
  expect(corrected).toMatchObject({ status: 200, body: { energyWh: 4_000, meterStopWh: 6_000 } });
  expect(await ask('GET', id)).toEqual(corrected);
  const { body } = await ask<{ items: object[] }>('GET', `${id}/operator-actions`);
  expect(body).toMatchObject({
    items: [
      { action: 'end', by: 'administrator', reason: 'cable cut, ticket 7', before: { state: 'active' }, after: factsOf(ended.body) },
      {
        action: 'correct',
        by: 'administrator',
        reason: 'half of it was ours',
        before: factsOf(ended.body),
        after: factsOf(corrected.body),
      },
    ],
    nextCursor: null,
  });
});

it.each(['end', 'correct'])('knows whose it is: %s', async (action) => {
  const body = action === 'end' ? { endedAt: at(30), reason: 'x' } : { energyWh: 1, reason: 'x' };
  expect(await ask('POST', `${id}/${action}`, body, 'other')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  expect(await ask('POST', `none/${action}`, body)).toMatchObject({ status: 404 });
  expect(await ask('GET', `${id}/operator-actions`, undefined, 'other')).toMatchObject({ status: 404 });
});
