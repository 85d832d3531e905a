import { CsmsError, deterministicId, type Protocol } from '@voltbus/contracts';
import { startHttp, type HttpFixture } from '../../testing/start-http';
import type { WireVariable } from '../domain/observation';
import { shownVariables, stationWith, wire, type ReportedVariable } from '../testing/variables-of-stations';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterEach(() => http.commands.forget());
afterAll(() => http?.close());

type Result = { result: string; info: string | null; command: string | null; variable: string | null };
type Body = { results: Result[] };
interface SetItem extends WireVariable {
  attributeValue: string;
}

const SECRET = 'S3cretOfAStation42';
const variable = (name: string, value: string, more: object = {}) => ({ component: 'A', variable: name, value, ...more });

const station = (name: string, protocol: Protocol, reported?: readonly ReportedVariable[]) => stationWith(http, name, protocol, reported);

const ITEMS = { component: 'DeviceDataCtrlr', name: 'ItemsPerMessage', instance: 'SetVariables' };
const BYTES = { ...ITEMS, name: 'BytesPerMessage' };

/** The station takes everything on, but what `status` says otherwise. */
function takesAll(status: (item: SetItem) => string = () => 'Accepted'): void {
  http.commands.answer('SetVariables', ({ setVariableData }) => ({
    response: {
      setVariableResult: (setVariableData as SetItem[]).map(({ component, variable: of, ...item }) => {
        return { component, variable: of, attributeStatus: status({ component, variable: of, ...item } as SetItem) };
      }),
    },
  }));
}
const sizes = () => http.commands.payloadsOf('SetVariables').map(({ setVariableData }) => (setVariableData as unknown[]).length);
const shown = (path: string, query?: string) => shownVariables(http, path, query);
const namesOf = (items: { variable: string }[]) => items.map(({ variable: name }) => name);

describe('PATCH /v1/stations/{station}/variables', () => {
  const patch = (path: string, variables: object[], more: object = {}) =>
    http.request<Body>('PATCH', `${path}/variables`, { variables, ...more });
  const many = (count: number, value = '1') => Array.from({ length: count }, (_, nth) => variable(`V${nth}`, value));

  it.each([
    ['4', null, [4, 4, 2]],
    ['4 ', null, [4, 4, 2]],
    [null, null, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
    ['0', null, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
    ['100', '330', [3, 3, 3, 1]],
  ])('B05.FR.11 TC_B_08: with ItemsPerMessage %s and BytesPerMessage %s sends messages of %j', async (items, bytes, expected) => {
    const told = [...(items === null ? [] : [{ ...ITEMS, value: items }]), ...(bytes === null ? [] : [{ ...BYTES, value: bytes }])];
    const path = await station(`chunks-${items?.trim()}-${bytes}-${items?.length}`, 'ocpp2.0.1', told);
    takesAll();
    const { status, body } = await patch(path, many(10));
    expect(status).toBe(200);
    expect(body.results.map(({ result }) => result)).toEqual(Array.from({ length: 10 }, () => 'accepted'));
    expect(sizes()).toEqual(expected);
    for (const payload of http.commands.payloadsOf('SetVariables'))
      if (bytes !== null) expect(JSON.stringify([2, '0'.repeat(36), 'SetVariables', payload]).length).toBeLessThanOrEqual(Number(bytes));
    expect(namesOf(await shown(path, '?component=A'))).toEqual(many(10).map(({ variable: name }) => name));
  });

  it('shows what came of each value, in the order of the request', async () => {
    const path = await station('each', 'ocpp2.1', [
      { ...ITEMS, value: '10' },
      { name: 'Fixed', value: '1', mutability: 'ReadOnly' },
    ]);
    const statuses: Record<string, string> = { Bad: 'Rejected', Boot: 'RebootRequired', None: 'UnknownVariable', Odd: 'Whatever' };
    takesAll(({ variable: of }) => statuses[String(of?.name)] ?? 'Accepted');
    const values = ['Good', 'Bad', 'Fixed', 'Boot', 'None', 'Odd'].map((name) => variable(name, '2'));
    const { body } = await patch(path, [...values, { key: 'VendorKey', value: '1' }, { id: deterministicId('nothing'), value: '1' }]);
    expect(body.results.map(({ result }) => result)).toEqual([
      ...[
        'accepted',
        'rejected',
        'read-only',
        'reboot-required',
        'unknown-variable',
        'not-answered',
        'unknown-variable',
        'unknown-variable',
      ],
    ]);
    expect(body.results[2]).toMatchObject({ variable: 'Fixed', command: null });
    const sent = http.commands.payloadsOf('SetVariables').flatMap(({ setVariableData }) => setVariableData as SetItem[]);
    expect(sent.map(({ variable: of }) => of?.name)).toEqual(['Good', 'Bad', 'Boot', 'None', 'Odd']);
    expect(await shown(path, '?rebootRequired=true')).toMatchObject([
      { variable: 'Boot', attributes: [{ value: null, pendingValue: '2', rebootRequired: true }] },
    ]);
  });

  it.each(['constructor', 'toString', '__proto__', ''])('takes the status %j, which is none, for no answer', async (status) => {
    const path = await station(`odd-${status}`, 'ocpp2.0.1');
    takesAll(() => status);
    expect((await patch(path, [variable('One', '1')])).body.results.map(({ result }) => result)).toEqual(['not-answered']);
  });

  it('does not believe that a value is set of which the station says nothing', async () => {
    const path = await station('fewer', 'ocpp2.0.1', [{ ...ITEMS, value: '10' }]);
    http.commands.answer('SetVariables', () => ({
      response: { setVariableResult: [{ ...wire({ name: 'Other' }), attributeStatus: 'Accepted' }] },
    }));
    const { body } = await patch(path, [variable('One', '1'), variable('Two', '2')]);
    expect(body.results.map(({ result }) => result)).toEqual(['not-answered', 'not-answered']);
    expect(await shown(path, '?component=A')).toEqual([]);
  });

  it.each([
    ['offline', { status: 'offline' as const }, ['offline', 'not-sent']],
    ['late', { status: 'sent' as const }, ['pending', 'not-sent']],
    ['silent', { status: 'unknown' as const }, ['not-answered', 'not-sent']],
    ['erring', { status: 'error' as const, error: { code: 'InternalError', description: 'x' } }, ['rejected', 'rejected']],
  ])('sends no further message to a station that is %s', async (name, outcome, results) => {
    const path = await station(`no-answer-${name}`, 'ocpp2.0.1');
    http.commands.answer('SetVariables', () => outcome);
    expect((await patch(path, many(2))).body.results.map(({ result }) => result)).toEqual(results);
  });

  it('1.6 section 5.3 changes keys one by one, also by their names of 2.x', async () => {
    const path = await station('keys', 'ocpp1.6');
    http.commands.answer('ChangeConfiguration', ({ key }) => ({ response: { status: key === 'Unheard' ? 'NotSupported' : 'Accepted' } }));
    const heartbeat = { component: 'OCPPCommCtrlr', variable: 'HeartbeatInterval', value: '60' };
    const { body } = await patch(path, [
      heartbeat,
      { key: 'Unheard', value: '1' },
      variable('NoKey', '1'),
      { key: 'Long', value: 'x'.repeat(501) },
    ]);
    expect(body.results.map(({ result }) => result)).toEqual(['accepted', 'not-supported', 'unknown-variable', 'refused']);
    expect(http.commands.payloadsOf('ChangeConfiguration')).toEqual([{ key: 'HeartbeatInterval', value: '60' }, { key: 'Unheard', value: '1' }]); // prettier-ignore
    expect(await shown(path)).toMatchObject([{ key: 'HeartbeatInterval', component: 'OCPPCommCtrlr', attributes: [{ value: '60' }] }]);
  });

  it('sets a secret in a message of its own and shows it nowhere; one that is refused keeps back no other value', async () => {
    const path = await station('secret', 'ocpp2.0.1', [{ ...ITEMS, value: '10' }]);
    http.commands.answer('SetVariables', ({ setVariableData }) => {
      const [first] = setVariableData as SetItem[];
      if (first?.variable?.name === 'BasicAuthPassword') throw new CsmsError('secret-in-command', 'no');
      return { response: { setVariableResult: (setVariableData as SetItem[]).map((one) => ({ ...one, attributeStatus: 'Accepted' })) } };
    });
    const values = [
      { component: 'SecurityCtrlr', variable: 'BasicAuthPassword', value: SECRET },
      variable('WifiPassword', SECRET),
      variable('Plain', '1'),
    ];
    const { body } = await patch(path, values);
    expect(body.results.map(({ result }) => result)).toEqual(['refused', 'accepted', 'accepted']);
    expect(sizes()).toEqual([1, 1, 1]);
    const everything = JSON.stringify([
      ...[body, await shown(path)],
      (await http.request('GET', `${path}/variable-changes`)).body,
      (await http.request('GET', '/v1/audit-log')).body,
      await http.service.database.query(
        'SELECT v, (SELECT json_agg(c) FROM device_config.variable_changes c) FROM device_config.variables v',
      ),
    ]);
    expect(everything).not.toContain(SECRET);
  });

  it('records who changed a value, by which command, once', async () => {
    const path = await station('history', 'ocpp2.0.1', [{ name: 'V', value: '1' }]);
    const { body: made } = await http.request<{ id: string; key: string }>('POST', '/v1/api-keys', { name: 'ops', scopes: ['operate'] });
    takesAll();
    await http.request('PATCH', `${path}/variables`, { variables: [variable('V', '2')] }, 'default', made.key);
    await patch(path, [variable('V', '3')]);
    await patch(path, [variable('V', '3')]);
    const { body } = await http.request<{ items: object[] }>('GET', `${path}/variable-changes`);
    const change = { name: 'A.V', attribute: 'Actual', source: 'set', rebootRequired: false };
    expect(body.items).toMatchObject([
      { ...change, before: '2', after: '3', actor: 'administrator', command: http.commands.sent[1]?.id },
      { ...change, before: '1', after: '2', actor: made.id, command: http.commands.sent[0]?.id },
    ]);
  });

  it('two at once: each has its own answers, and the later answer stays', async () => {
    const path = await station('both', 'ocpp2.0.1', [{ ...ITEMS, value: '10' }]);
    takesAll();
    const both = await Promise.all([patch(path, many(5, 'one')), patch(path, many(5, 'two'))]);
    expect(both.map(({ body }) => body.results.every(({ result }) => result === 'accepted'))).toEqual([true, true]);
    const values = new Set((await shown(path, '?component=A')).map(({ attributes }) => attributes[0]?.value));
    expect([...values].every((value) => value === 'one' || value === 'two')).toBe(true);
  });

  it.each([
    [[], '/variables'],
    [[{ value: '1' }], 'names no variable'],
    [[variable('V', '1', { connector: 1 })], 'without its EVSE'],
    [[variable('V', '1'), variable('v', '2')], 'B05.FR.13'],
    [
      [
        { key: 'HeartbeatInterval', value: '1' },
        { component: 'OCPPCommCtrlr', variable: 'HeartbeatInterval', value: '2' },
      ],
      'B05.FR.13',
    ],
    [[variable('V', '1', { attribute: 'Best' })], '/variables/0/attribute'],
    [[variable('V', 'a\0b')], '/variables/0/value'],
    [Array.from({ length: 101 }, (_, nth) => variable(`V${nth}`, '1')), '/variables'],
  ])('refuses %j', async (variables, why) => {
    const path = await station('refusing', 'ocpp2.0.1');
    const answer = await http.request('PATCH', `${path}/variables`, { variables });
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid' } });
    expect(JSON.stringify(answer.body)).toContain(why);
    expect(http.commands.sent).toEqual([]);
  });

  it('is 409 for a station that never connected', async () => {
    await http.request('PUT', '/v1/stations/unconnected', {});
    expect(await patch('/v1/stations/unconnected', many(1))).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });
});
