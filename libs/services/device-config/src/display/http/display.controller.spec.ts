import type { StationMessage } from '@voltbus/service';
import { nameOf } from '../../device-model';
import { endedCommand } from '../../testing/fake-commands';
import { startHttp, type HttpFixture } from '../../testing/start-http';
import { MAX_MESSAGES } from '../limits';
import type { ShownMessage } from './display-message';

let http: HttpFixture;
let stations = 0;
beforeAll(async () => {
  http = await startHttp();
});
beforeEach(() => {
  http.commands.forget();
  answers('SetDisplayMessage', 'Accepted');
  answers('ClearDisplayMessage', 'Accepted');
  answers('GetDisplayMessages', 'Accepted');
});
afterAll(() => http?.close());

const WELCOME = { contents: [{ format: 'UTF8', content: 'Grüß Gott' }] };
const ref = (station: string) => ({ tenant: 'default', station });
const answers = (action: string, status: string) => http.commands.answer(action, () => ({ response: { status } }));

async function station(protocol: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1' = 'ocpp2.1'): Promise<string> {
  const name = `CS-D${++stations}`;
  await http.request('PUT', `/v1/stations/${name}`, {});
  await http.service.database.query('UPDATE device_config.stations SET protocol = $2, online = true WHERE station = $1', [name, protocol]);
  return name;
}
async function tells(name: string, variable: string, value: string | null, characteristics: object = {}): Promise<void> {
  const named = nameOf({ component: { name: 'DisplayMessageCtrlr' }, variable: { name: variable } });
  if (named === null) throw new Error('no name');
  const none = { dataType: null, unit: null, minLimit: null, maxLimit: null, valuesList: null, supportsMonitoring: null };
  const attributes = [{ type: 'Actual' as const, value }];
  const observations = [{ name: named, attributes, characteristics: { ...none, ...characteristics } }];
  await http.service.deviceModel.model.observe(ref(name), observations, { source: 'report', at: new Date() });
}
const path = (name: string, more = '') => `/v1/stations/${name}/display-messages${more}`;
const set = (name: string, more: object = {}) => http.request<ShownMessage>('POST', path(name), { ...WELCOME, ...more });
const one = async (name: string, id: number) => (await http.request<ShownMessage>('GET', path(name, `/${id}`))).body;
const all = async (name: string) => (await http.request<{ items: ShownMessage[] }>('GET', path(name, '?limit=100'))).body.items;
const stands = async (name: string) => Object.fromEntries((await all(name)).map(({ id, stand }) => [id, stand]));
const requestId = () => (http.commands.payloadsOf('GetDisplayMessages').at(-1) as { requestId: number }).requestId;
const info = (id: number, text = 'Grüß Gott', more: object = {}) => ({
  ...{ id, priority: 'NormalCycle', message: { format: 'UTF8', content: text } },
  ...more,
});

/** Parts as the lane hands them over: of one station in one batch. */
async function reports(name: string, ...parts: { requestId: number; tbc?: boolean; messageInfo?: object[] }[]): Promise<void> {
  const handler = http.service.table.ocpp2['NotifyDisplayMessages'];
  if (handler?.shape !== 'batch') throw new Error('not stored in batches');
  await handler.store(
    parts.map((payload) => ({ ref: ref(name), payload, receivedAt: new Date(), messageId: 'm' }) as StationMessage<never>),
  );
}

describe('a message on a display', () => {
  it('O01 is set under a number of ours with everything that the station needs, and its answer is shown', async () => {
    const name = await station();
    const times = { startsAt: '2026-12-01T00:00:00.000Z', endsAt: '2027-01-01T00:00:00.000Z' };
    const { status, body } = await set(name, { priority: 'InFront', state: 'Idle', ...times, ocppTransactionId: 'T-1' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      stand: 'set',
      answer: 'Accepted',
      priority: 'InFront',
      state: 'Idle',
      ...times,
      over: false,
      reported: null,
    });
    expect(http.commands.payloadsOf('SetDisplayMessage')).toEqual([
      {
        message: {
          ...{ id: body.id, priority: 'InFront', state: 'Idle', startDateTime: times.startsAt, endDateTime: times.endsAt },
          ...{ transactionId: 'T-1', message: { format: 'UTF8', content: 'Grüß Gott' } },
        },
      },
    ]);
  });

  it('2.1: is sent in several languages where the station has them', async () => {
    const name = await station();
    await tells(name, 'Language', 'de', { valuesList: 'de,en' });
    const english = { format: 'UTF8', language: 'en', content: 'Welcome' };
    await set(name, { contents: [...WELCOME.contents, english] });
    expect(http.commands.payloadsOf('SetDisplayMessage')).toMatchObject([{ message: { messageExtra: [english] } }]);
    const french = { ...english, language: 'fr' };
    expect(await set(name, { contents: [french] })).toMatchObject({ status: 422, body: { errors: [{ path: '/contents/0/language' }] } });
  });

  it.each(['Rejected', 'NotSupportedPriority', 'UnknownTransaction'])('O01, O02: the answer %s is kept', async (answer) => {
    answers('SetDisplayMessage', answer);
    expect((await set(await station())).body).toMatchObject({ stand: 'refused', answer, over: true });
  });

  it('is refused here for a station that could not show it, before it is asked', async () => {
    const name = await station();
    await tells(name, 'SupportedFormats', 'ASCII,URI');
    await tells(name, 'DisplayMessages', '1', { maxLimit: 1 });
    expect(await set(name)).toMatchObject({ status: 422, body: { errors: [{ path: '/contents/0/format' }] } });
    const plain = { contents: [{ format: 'ASCII', content: 'Hello' }] };
    expect(await set(name, plain)).toMatchObject({ status: 201 });
    expect(await set(name, plain)).toMatchObject({ status: 409 });
    expect(await set(await station('ocpp1.6'))).toMatchObject({ status: 409 });
    expect(http.commands.payloadsOf('SetDisplayMessage')).toHaveLength(1);
  });

  it.each([
    ['ASCII', 'Grüß Gott'],
    ['URI', 'no uri'],
    ['UTF8', ''],
  ])('is not of format %s: %j', async (format, content) => {
    expect(await set(await station(), { contents: [{ format, content }] })).toMatchObject({ status: 422 });
  });

  it('O06 is replaced under the same number, as a whole or a member of it', async () => {
    const name = await station();
    const { id } = (await set(name, { priority: 'InFront' })).body;
    const replaced = await http.request<ShownMessage>('PUT', path(name, `/${id}`), { contents: [{ format: 'UTF8', content: 'Servus' }] });
    expect(replaced).toMatchObject({ status: 200, body: { id, stand: 'set', priority: 'NormalCycle', contents: [{ content: 'Servus' }] } });
    await http.request('PATCH', path(name, `/${id}`), { priority: 'InFront' });
    expect(http.commands.payloadsOf('SetDisplayMessage').at(-1)).toEqual({ message: info(id, 'Servus', { priority: 'InFront' }) });
    expect(await http.request('PUT', path(name, '/5'), WELCOME)).toMatchObject({ status: 404 });
  });

  it('O02.FR.18 in front of all replaces the one before', async () => {
    const name = await station();
    const before = (await set(name, { priority: 'AlwaysFront' })).body;
    const after = (await set(name, { priority: 'AlwaysFront' })).body;
    expect(await stands(name)).toEqual({ [before.id]: 'replaced', [after.id]: 'set' });
  });

  it('O05 is cleared by the operator, or by a command that he sends by hand', async () => {
    const name = await station();
    const [first, second] = [(await set(name)).body, (await set(name)).body];
    expect(await http.request('DELETE', path(name, `/${first.id}`))).toMatchObject({ status: 202, body: { stand: 'cleared' } });
    expect(http.commands.payloadsOf('ClearDisplayMessage')).toEqual([{ id: first.id }]);
    expect(await http.request('DELETE', path(name, `/${first.id}`))).toMatchObject({ status: 409 });
    const command = { ...ref(name), action: 'ClearDisplayMessage', payload: { id: second.id }, response: { status: 'Accepted' } };
    await http.service.display.results.onEnded(endedCommand(command));
    expect(await one(name, second.id)).toMatchObject({ stand: 'cleared' });
  });
});

describe('a message that is not at the station any more', () => {
  const ask = (name: string) => http.request('POST', `/v1/stations/${name}/display-report`);

  it('is shown as it was last reported, also where it was not set here', async () => {
    const name = await station();
    await reports(name, { requestId: 4, messageInfo: [info(77, 'of the vendor')] });
    answers('GetDisplayMessages', 'Unknown');
    expect((await ask(name)).status).toBe(202);
    expect(await http.request('GET', path(name))).toMatchObject({
      status: 200,
      body: { items: [{ id: 77, stand: 'cleared', over: true, contents: [{ content: 'of the vendor' }] }] },
    });
  });

  it('gives its place to a new one, the oldest first; one that is there does not', async () => {
    const name = await station();
    const kept = (await set(name)).body;
    await http.service.database.query(
      `INSERT INTO device_config.display_messages (tenant, station, message_id, state, wanted, changed_at)
       SELECT tenant, station, nth, 'cleared', wanted, now() - make_interval(mins => 1000 - nth) FROM device_config.display_messages,
         generate_series(1, $2) AS nth WHERE station = $1`,
      [name, MAX_MESSAGES - 1],
    );
    const { status, body } = await set(name);
    expect(status).toBe(201);
    await reports(name, { requestId: 4, messageInfo: [info(-5), info(3), info(-6)] });
    const found = async (id: number) => (await http.request<ShownMessage>('GET', path(name, `/${id}`))).body.stand ?? null;
    expect(await Promise.all([kept.id, body.id, -5, -6].map(found))).toEqual(['set', 'set', 'foreign', 'foreign']);
    expect(await Promise.all([1, 2, 3, 4, 5].map(found))).toEqual([null, null, 'set', null, 'cleared']);
  });
});

it('O06 one whose replacement was refused may still be at the station, and is cleared', async () => {
  const name = await station();
  const { id } = (await set(name)).body;
  answers('SetDisplayMessage', 'Rejected');
  await http.request('PATCH', path(name, `/${id}`), { priority: 'InFront' });
  expect(await http.request('DELETE', path(name, `/${id}`))).toMatchObject({ status: 202, body: { stand: 'cleared' } });
});

it.each([2 ** 40, -(2 ** 40), 1.5])('the number %d in a command of an operator names no message', async (id) => {
  const command = { ...ref(await station()), action: 'ClearDisplayMessage', payload: { id }, response: { status: 'Accepted' } };
  await http.service.display.results.onEnded(endedCommand(command));
});

describe('the list of a station', () => {
  const ask = (name: string) => http.request('POST', `/v1/stations/${name}/display-report`);
  const report = async (name: string) => (await http.request('GET', `/v1/stations/${name}/display-report`)).body;

  it('O03.FR.03 comes in parts: of what no part has, the last one says that it is missing', async () => {
    const name = await station();
    const [kept, lost] = [(await set(name)).body, (await set(name)).body];
    await ask(name);
    await reports(name, { requestId: requestId(), tbc: true, messageInfo: [info(77, 'set by somebody else')] });
    expect(await report(name)).toMatchObject({ parts: 1, completedAt: null });
    expect(await stands(name)).toEqual({ [kept.id]: 'set', [lost.id]: 'set', 77: 'foreign' });
    await reports(name, { requestId: requestId(), messageInfo: [info(kept.id, 'Changed')] });
    expect(await report(name)).toMatchObject({ parts: 2, completedAt: expect.any(String) });
    expect(await stands(name)).toEqual({ [kept.id]: 'set', [lost.id]: 'missing', 77: 'foreign' });
    expect(await one(name, kept.id)).toMatchObject({ differs: true, reported: { contents: [{ content: 'Changed' }] } });
  });

  it('is right in the end, in whatever order its parts come, and however often', async () => {
    const name = await station();
    const [first, second, third] = [(await set(name)).body, (await set(name)).body, (await set(name)).body];
    await ask(name);
    const parts = [
      { requestId: requestId(), tbc: false, messageInfo: [info(third.id)] },
      { requestId: requestId(), tbc: true, messageInfo: [info(first.id)] },
    ];
    for (const part of [...parts, ...parts]) await reports(name, part);
    expect(await stands(name)).toEqual({ [first.id]: 'set', [second.id]: 'missing', [third.id]: 'set' });
  });

  it('O03.FR.06 is empty where the station answers Unknown', async () => {
    const name = await station();
    const { id } = (await set(name)).body;
    answers('GetDisplayMessages', 'Unknown');
    expect(await ask(name)).toMatchObject({ status: 202, body: { outcome: 'Unknown', completedAt: expect.any(String) } });
    expect(await one(name, id)).toMatchObject({ stand: 'missing', over: true });
  });

  it('O04 that an operator asked for in part says of no message that it is missing', async () => {
    const name = await station();
    const { id } = (await set(name)).body;
    await reports(name, { requestId: 4, messageInfo: [info(9)] });
    expect(await stands(name)).toEqual({ [id]: 'set', 9: 'foreign' });
  });

  it('of 10,000 messages is kept as far as there is room, and says of none that it is missing', async () => {
    const name = await station();
    const { id } = (await set(name)).body;
    await ask(name);
    const hundreds = Array.from({ length: 100 }, (_, nth) => nth);
    const parts = hundreds.map((part) => ({
      ...{ requestId: requestId(), tbc: part < 99 },
      messageInfo: Array.from({ length: 100 }, (_, nth) => info(part * 100 + nth)),
    }));
    await reports(name, ...parts);
    expect(await report(name)).toMatchObject({ parts: 100, notKept: 10_000 - (MAX_MESSAGES - 1) });
    const { total } = (await http.request<{ total: number }>('GET', path(name, '?total=true'))).body;
    expect(total).toBe(MAX_MESSAGES);
    expect(await one(name, id)).toMatchObject({ stand: 'set' });
    expect(await set(name)).toMatchObject({ status: 409 });
  });

  it('is asked for when a station comes back that has a message of ours, and of no other one', async () => {
    const [ours, none] = [await station(), await station()];
    await set(ours);
    const sent: { station: string; action: string }[] = [];
    const { reports: asked, store } = http.service.display;
    Object.assign(asked, {
      parts: { ...asked['parts'], sendCommand: (command: { station: string; action: string }) => Promise.resolve(void sent.push(command)) },
    });
    const connected = (name: string) => ({
      ...ref(name),
      protocol: 'ocpp2.1' as const,
      epoch: 9,
      gateway: 'gw',
      at: '',
      reason: 'connected' as const,
    });
    await asked.sweep();
    expect(sent).toEqual([]);
    await store.onConnected([connected(ours), connected(none), connected(ours)]);
    await asked.sweep();
    await asked.sweep();
    expect(sent).toMatchObject([{ station: ours, action: 'GetDisplayMessages' }]);
  });
});
