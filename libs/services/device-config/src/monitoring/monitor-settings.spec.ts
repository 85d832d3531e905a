import { startHttp, type HttpFixture } from '../testing/start-http';
import { stationWith } from '../device-model/testing/variables-of-stations';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterEach(() => http.commands.forget());
afterAll(() => http?.close());

interface Results {
  results: { result: string; id: number | null; command: string | null; info: string | null }[];
}
const LIMITS = [
  { component: 'MonitoringCtrlr', name: 'ItemsPerMessageSetVariableMonitoring', value: '2' },
  { component: 'MonitoringCtrlr', name: 'ItemsPerMessageClearVariableMonitoring', value: '2' },
];
const wanted = (variable: string, more: object = {}) => ({
  component: 'EVSE',
  evse: 1,
  variable,
  type: 'Delta',
  value: 5,
  severity: 2,
  ...more,
});
type Item = { variable: { name: string }; type: string };
const answerSet = (statuses: Readonly<Record<string, object>>) =>
  http.commands.answer('SetVariableMonitoring', ({ setMonitoringData }) => ({
    ...{ status: 'answered' as const },
    response: {
      setMonitoringResult: (setMonitoringData as Item[]).map((one) => ({ ...one, value: undefined, ...statuses[one.variable.name] })).reverse(),
    },
  })); // prettier-ignore

it.each(['ocpp2.0.1', 'ocpp2.1'] as const)('N04 of %s: monitors are set in messages of as many as the station takes, each with its result', async (protocol) => {
  const path = await stationWith(http, `monitors-${protocol}`, protocol, LIMITS);
  answerSet({ A: { status: 'Accepted', id: 7 }, B: { status: 'Duplicate' }, C: { status: 'UnsupportedMonitorType' } });
  const monitors = [wanted('A'), wanted('B'), wanted('C', { transaction: true, type: 'Periodic', id: 40 }), { ...wanted('D'), variable: 'x'.repeat(50) }];
  const { status, body } = await http.request<Results>('POST', `${path}/monitors`, { monitors });
  expect([status, body.results.map(({ result, id }) => [result, id])]).toEqual([200, [['accepted', 7], ['duplicate', null], ['not-supported', 40], ['not-answered', null]]]);
  expect(http.commands.payloadsOf('SetVariableMonitoring').map(({ setMonitoringData }) => (setMonitoringData as Item[]).length)).toEqual([2, 2]);
  expect((await http.request<{ items: { id: number }[] }>('GET', `${path}/monitors`)).body.items).toMatchObject([{ id: 7, variable: 'A', severity: 2 }]);
}); // prettier-ignore

it('N06: monitors are cleared in as many messages as must be, and are gone where the station has none', async () => {
  const path = await stationWith(http, 'clearing', 'ocpp2.0.1', LIMITS);
  answerSet({ A: { status: 'Accepted', id: 1 } });
  await http.request('POST', `${path}/monitors`, { monitors: [wanted('A')] });
  const answers: Readonly<Record<number, string>> = { 1: 'Accepted', 2: 'NotFound', 3: 'Rejected' };
  http.commands.answer('ClearVariableMonitoring', ({ id }) => ({
    status: 'answered',
    response: { clearMonitoringResult: (id as number[]).map((one) => ({ id: one, status: answers[one] })) },
  }));
  const { body } = await http.request<Results>('POST', `${path}/monitors/clear`, { ids: [3, 1, 2] });
  expect(body.results.map(({ result, id }) => [id, result])).toEqual([[3, 'rejected'], [1, 'accepted'], [2, 'not-found']]); // prettier-ignore
  expect(http.commands.payloadsOf('ClearVariableMonitoring')).toEqual([{ id: [3, 1] }, { id: [2] }]);
  expect((await http.request('GET', `${path}/monitors`)).body).toEqual({ items: [], nextCursor: null });
});

it('N03, N05: base and level are set, and shown as the station accepted them', async () => {
  const path = await stationWith(http, 'levels', 'ocpp2.1');
  http.commands.answer('SetMonitoringBase', () => ({ status: 'answered', response: { status: 'Accepted' } }));
  http.commands.answer('SetMonitoringLevel', () => ({ status: 'answered', response: { status: 'Rejected' } }));
  expect(await http.request('PATCH', `${path}/monitoring`, { base: 'All', level: 4 })).toMatchObject({
    ...{ status: 200, body: { base: { result: 'accepted' }, level: { result: 'rejected' }, monitoring: { base: 'All', level: null } } },
  });
  expect(http.commands.sent.map(({ action, payload }) => [action, payload])).toEqual([
    ['SetMonitoringBase', { monitoringBase: 'All' }],
    ['SetMonitoringLevel', { severity: 4 }],
  ]);
});

it('a message that is not answered is the last one; what was not sent is told', async () => {
  const path = await stationWith(http, 'silent', 'ocpp2.0.1', LIMITS);
  http.commands.answer('SetVariableMonitoring', () => ({ status: 'unknown' }));
  const { body } = await http.request<Results>('POST', `${path}/monitors`, { monitors: [wanted('A'), wanted('B'), wanted('C')] });
  expect(body.results.map(({ result }) => result)).toEqual(['not-answered', 'not-answered', 'not-sent']);
});

it.each<[string, string, object]>([
  ['POST', '/monitors', { monitors: [] }],
  ['POST', '/monitors', { monitors: [wanted('A', { severity: 10 })] }],
  ['POST', '/monitors', { monitors: [wanted('A', { evse: undefined, connector: 1 })] }],
  ['POST', '/monitors', { monitors: [wanted('A', { stream: {} })] }],
  ['POST', '/monitors', { monitors: Array.from({ length: 101 }, () => wanted('A')) }],
  ['POST', '/monitors/clear', { ids: [1, 1] }],
  ['POST', '/monitors/clear', { ids: [2 ** 31] }],
  ['PATCH', '/monitoring', {}],
])('refuses %s %s %j', async (method, route, body) => {
  const path = await stationWith(http, 'refusing', 'ocpp2.1');
  expect(await http.request(method as 'POST', `${path}${route}`, body)).toMatchObject({ status: 422 });
});

it('a station of 1.6 has no monitors', async () => {
  const path = await stationWith(http, 'sixteen', 'ocpp1.6');
  expect(await http.request('POST', `${path}/monitors/clear`, { ids: [1] })).toMatchObject({ status: 409, body: { code: 'conflict' } });
});
