import type { Protocol } from '@voltbus/contracts';
import { startHttp, type HttpFixture } from '../../testing/start-http';
import { nameOf } from '../domain/observation';
import { variableId } from '../domain/variable';
import { shownVariables, stationWith, wire, type ReportedVariable } from '../testing/variables-of-stations';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterEach(() => http.commands.forget());
afterAll(() => http?.close());

const SECRET = 'S3cretOfAStation42';

const station = (name: string, protocol: Protocol, reported?: readonly ReportedVariable[]) => stationWith(http, name, protocol, reported);
const shown = (path: string, query?: string) => shownVariables(http, path, query);
const namesOf = (items: { variable: string }[]) => items.map(({ variable: name }) => name);

describe('GET /v1/stations/{station}/variables', () => {
  let path: string;
  beforeAll(async () => {
    path = await station('listed', 'ocpp2.0.1', [
      { component: 'EVSE', name: 'Power', value: '11', mutability: 'ReadOnly', evse: 2 },
      { component: 'EVSE', name: 'Power', value: '22', evse: 1 },
      { component: 'AuthCtrlr', name: 'Enabled', value: 'true' },
      { component: 'authctrlr', name: 'LocalPreAuthorize', value: 'false' },
      { component: 'SecurityCtrlr', name: 'BasicAuthPassword', value: SECRET },
    ]);
  });

  it.each([
    ['', ['Enabled', 'LocalPreAuthorize', 'Power', 'Power', 'BasicAuthPassword']],
    ['?component=AUTHCTRLR', ['Enabled', 'LocalPreAuthorize']],
    ['?variable=power&evse=1', ['Power']],
    ['?evse=0', ['Enabled', 'LocalPreAuthorize', 'BasicAuthPassword']],
    ['?search=preauth', ['LocalPreAuthorize']],
    ['?search=22', ['Power']],
    ['?search=%25', []],
    ['?writable=false', ['Power']],
    ['?sort=-variable', ['Power', 'Power', 'LocalPreAuthorize', 'Enabled', 'BasicAuthPassword']],
    [`?id=${variableId(nameOf(wire({ component: 'AuthCtrlr', name: 'ENABLED' })) as never)}`, ['Enabled']],
  ])('%s shows %j', async (query, names) => {
    expect(namesOf(await shown(path, query))).toEqual(names);
  });

  it('is read page by page, with its total, and never shows a secret', async () => {
    const first = await http.request<{ nextCursor: string; total: number; items: { variable: string }[] }>(
      'GET',
      `${path}/variables?limit=2&total=true`,
    );
    const rest = await http.request<{ nextCursor: null; items: { variable: string }[] }>(
      'GET',
      `${path}/variables?limit=9&cursor=${first.body.nextCursor}`,
    );
    expect(first.body.total).toBe(5);
    expect(namesOf([...first.body.items, ...rest.body.items])).toHaveLength(5);
    expect(JSON.stringify([first.body, rest.body])).not.toContain(SECRET);
    expect(rest.body.items.at(-1)).toMatchObject({ secret: true, attributes: [{ type: 'Actual', value: null }] });
  });

  it.each([['?evse=x'], ['?colour=red'], ['?id=1']])('%s is refused', async (query) => {
    expect(await http.request('GET', `${path}/variables${query}`)).toMatchObject({ status: 400 });
  });

  it('is 404 of a station that is unknown', async () => {
    expect(await http.request('GET', '/v1/stations/nobody/variables')).toMatchObject({ status: 404, body: { code: 'unknown-station' } });
  });
});

describe('POST /v1/stations/{station}/variables/refresh', () => {
  it.each([
    ['ocpp2.1' as const, 'GetBaseReport', { requestId: expect.any(Number) as number, reportBase: 'FullInventory' }],
    ['ocpp1.6' as const, 'GetConfiguration', {}],
  ])('requests everything of a station of %s', async (protocol, action, payload) => {
    const path = await station(`refresh-${protocol}`, protocol);
    http.commands.answer(action, () => ({ status: 'queued' }));
    const { status, body } = await http.request('POST', `${path}/variables/refresh`, {});
    expect(status).toBe(202);
    expect(http.commands.sent).toMatchObject([{ action, payload, id: body['id'] }]);
    expect(body).toMatchObject({ state: 'requested', requestedBy: 'administrator', parts: 0, missing: [] });
    expect((await http.request('GET', `${path}/variable-reports`)).body).toEqual({ items: [body], nextCursor: null });
  });

  it('shows at once that the station is offline', async () => {
    const path = await station('refresh-offline', 'ocpp2.0.1');
    http.commands.answer('GetBaseReport', () => ({ status: 'offline' }));
    expect((await http.request('POST', `${path}/variables/refresh`, { report: 'SummaryInventory' })).body).toMatchObject({
      ...{ state: 'failed', outcome: 'offline', kind: 'SummaryInventory' },
    });
  });
});

describe('POST /v1/stations/{station}/variable-reports (B08)', () => {
  const report = (path: string, body: object) =>
    http.request<{ reports: { id: string; state: string }[] }>('POST', `${path}/variable-reports`, body);

  it.each(['ocpp2.0.1', 'ocpp2.1'] as const)(
    'requests what is named of a station of %s, in messages of as many as it takes',
    async (protocol) => {
      const path = await station(`custom-${protocol}`, protocol, [
        { component: 'DeviceDataCtrlr', name: 'ItemsPerMessageGetReport', value: '2' },
      ]);
      http.commands.answer('GetReport', () => ({ status: 'answered', response: { status: 'Accepted' } }));
      const variables = [
        { component: 'EVSE', evse: 1, connector: 2, variable: 'Power' },
        { component: 'A', componentInstance: 'x' },
        { component: 'B' },
      ];
      const { status, body } = await report(path, { criteria: ['Problem'], variables });
      expect([status, body.reports.map(({ state }) => state)]).toEqual([202, ['requested', 'requested']]);
      const requestId = expect.any(Number) as number;
      expect(http.commands.payloadsOf('GetReport')).toEqual([
        {
          ...{ requestId, componentCriteria: ['Problem'] },
          componentVariable: [
            { component: { name: 'EVSE', evse: { id: 1, connectorId: 2 } }, variable: { name: 'Power' } },
            { component: { name: 'A', instance: 'x' } },
          ],
        },
        { requestId, componentCriteria: ['Problem'], componentVariable: [{ component: { name: 'B' } }] },
      ]);
      expect(http.commands.sent.map(({ id }) => id)).toEqual(body.reports.map(({ id }) => id));
    },
  );

  it('B08.FR.15: one that has nothing to report is empty, and removes no variable', async () => {
    const path = await station('custom-empty', 'ocpp2.1', [{ component: 'A', name: 'B', value: '1' }]);
    http.commands.answer('GetReport', () => ({ status: 'answered', response: { status: 'EmptyResultSet' } }));
    expect((await report(path, { criteria: ['Active'] })).body.reports).toMatchObject([{ state: 'empty', kind: 'GetReport' }]);
    expect(http.commands.payloadsOf('GetReport')).toEqual([{ requestId: expect.any(Number) as number, componentCriteria: ['Active'] }]);
    expect(await shown(path)).toHaveLength(1);
  });

  it.each([
    [{}],
    [{ criteria: ['Active', 'Active'] }],
    [{ variables: [{ component: 'A', variableInstance: 'x' }] }],
    [{ variables: [{ component: 'A', connector: 1 }] }],
  ])('%j is refused', async (body) => {
    expect(await report(await station('custom-refused', 'ocpp2.1'), body)).toMatchObject({ status: 422 });
  });

  it('needs a station of 2.x, and no more messages than reports are remembered', async () => {
    expect(await report(await station('custom-16', 'ocpp1.6'), { criteria: ['Active'] })).toMatchObject({ status: 409 });
    const path = await station('custom-many', 'ocpp2.1', [{ component: 'DeviceDataCtrlr', name: 'ItemsPerMessageGetReport', value: '1' }]);
    const variables = Array.from({ length: 21 }, (_, nth) => ({ component: `C${nth}` }));
    expect(await report(path, { variables })).toMatchObject({ status: 422 });
    expect(http.commands.sent).toEqual([]);
  });
});
