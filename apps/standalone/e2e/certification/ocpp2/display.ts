import { eventually, type ForeignStation, type ProtocolName } from '@voltbus/testing';
import type { World } from '../world';
import { charging } from './session';

type Payload = Record<string, unknown>;

interface Message {
  id: number;
  stand: string;
  answer: string | null;
  reported: Payload | null;
}

const TEXT = { format: 'UTF8', content: 'Welcome' };
const FROM = '2030-01-01T00:00:00.000Z';
const UNTIL = '2031-01-01T00:00:00.000Z';

/** Sets a message as the operator would; resolves once the station has answered, with what it was sent. */
async function shown(world: World, station: ForeignStation, answer: string, body: Payload): Promise<{ message: Message; sent: Payload }> {
  station.answer('SetDisplayMessage', () => ({ status: answer }));
  const path = `/v1/stations/${station.options.station}/display-messages`;
  const { status, body: made } = await world.api.post<Message>(path, body);
  expect({ status, made }).toMatchObject({ status: 201 });
  const message = await answered(world, station, made.id);
  const call = station.received.filter(({ action }) => action === 'SetDisplayMessage').at(-1);
  return { message, sent: (call?.payload as { message: Payload }).message }; // what the client parsed of a CALL is an object
}

async function answered(
  world: World,
  { options }: ForeignStation,
  id: number,
  isSo = (one: Message) => one.answer !== null,
): Promise<Message> {
  const { body } = await eventually(
    () => world.api.get<Message>(`/v1/stations/${options.station}/display-messages/${id}`),
    (reply) => isSo(reply.body),
  );
  return body;
}

export function display(world: () => World, protocol: ProtocolName): void {
  const body = { contents: [TEXT] };

  it.each<[string, string, Payload, Payload]>([
    ['TC_O_01_CSMS', 'in turn with others', {}, { priority: 'NormalCycle' }],
    ['TC_O_13_CSMS', 'from a time on', { startsAt: FROM }, { startDateTime: FROM }],
    ['TC_O_14_CSMS', 'until a time', { endsAt: UNTIL }, { endDateTime: UNTIL }],
    ['TC_O_25_CSMS', 'in a state of the station', { state: 'Idle' }, { state: 'Idle' }],
  ])('%s shows a message %s', async (_case, _how, more, called) => {
    const station = await world().booted(protocol);
    const { message, sent } = await shown(world(), station, 'Accepted', { ...body, ...more });
    expect(message).toMatchObject({ stand: 'set', answer: 'Accepted' });
    expect(sent).toMatchObject({ id: message.id, message: TEXT, ...called });
  });

  it.each<[string, string, Payload, Payload]>([
    ['TC_O_06_CSMS', 'during it', {}, {}],
    ['TC_O_27_CSMS', 'from a time on', { startsAt: FROM }, { startDateTime: FROM }],
    ['TC_O_28_CSMS', 'until a time', { endsAt: UNTIL }, { endDateTime: UNTIL }],
  ])('%s shows a message to the driver of a session %s', async (_case, _how, more, called) => {
    const station = await world().booted(protocol);
    const { transactionId } = await charging(station);
    const { message, sent } = await shown(world(), station, 'Accepted', { ...body, ...more, ocppTransactionId: transactionId });
    expect(message).toMatchObject({ stand: 'set' });
    expect(sent).toMatchObject({ transactionId, ...called });
  });

  it.each<[string, string, Payload]>([
    ['TC_O_10_CSMS', 'UnknownTransaction', { ocppTransactionId: 'never-begun' }],
    ['TC_O_17_CSMS', 'NotSupportedPriority', { priority: 'AlwaysFront' }],
    ['TC_O_18_CSMS', 'NotSupportedState', { state: 'Faulted' }],
    ['TC_O_19_CSMS', 'NotSupportedMessageFormat', { contents: [{ format: 'HTML', content: '<p>Welcome</p>' }] }],
    ['TC_O_26_CSMS', 'Rejected', {}],
  ])('%s shows that the station did not take it (%s)', async (_case, answer, more) => {
    const station = await world().booted(protocol);
    expect((await shown(world(), station, answer, { ...body, ...more })).message).toMatchObject({ stand: 'refused', answer });
  });

  it('TC_O_12_CSMS replaces a message under its number', async () => {
    const station = await world().booted(protocol);
    const { message } = await shown(world(), station, 'Accepted', body);
    const path = `/v1/stations/${station.options.station}/display-messages/${message.id}`;
    await world().api.put(path, { contents: [{ ...TEXT, content: 'Goodbye' }] });
    await answered(world(), station, message.id);
    const sent = station.received.filter(({ action }) => action === 'SetDisplayMessage').map(({ payload }) => payload);
    expect(sent).toMatchObject([{ message: { id: message.id } }, { message: { id: message.id, message: { content: 'Goodbye' } } }]);
  });

  it.each([
    ['TC_O_04_CSMS', 'Accepted'],
    ['TC_O_05_CSMS', 'Unknown'],
  ])('%s clears a message (%s)', async (_case, answer) => {
    const station = await world().booted(protocol);
    const { message } = await shown(world(), station, 'Accepted', body);
    station.answer('ClearDisplayMessage', () => ({ status: answer }));
    await world().api.delete(`/v1/stations/${station.options.station}/display-messages/${message.id}`);
    await world().expectCalledOnce(station, 'ClearDisplayMessage', { id: message.id });
    expect(await answered(world(), station, message.id, ({ stand }) => stand === 'cleared')).toMatchObject({ answer });
  });

  it('TC_O_02_CSMS reads all messages, in as many parts as they come', async () => {
    const station = await world().booted(protocol);
    station.answer('GetDisplayMessages', () => ({ status: 'Accepted' }));
    await world().api.post(`/v1/stations/${station.options.station}/display-report`, {});
    const { payload } = await eventually(
      () => Promise.resolve(station.received.find(({ action }) => action === 'GetDisplayMessages') ?? { payload: null }),
      (call) => call.payload !== null,
    );
    const { requestId } = payload as { requestId: number }; // what the client parsed of a CALL is an object
    expect(payload).toEqual({ requestId });
    for (const id of [1, 2]) {
      const messageInfo = [{ id, priority: 'InFront', message: TEXT }];
      expect(await station.call('NotifyDisplayMessages', { requestId, tbc: id === 1, messageInfo })).toEqual({});
    }
    for (const id of [1, 2])
      expect(await answered(world(), station, id, (one) => one.stand === 'foreign')).toMatchObject({ reported: { priority: 'InFront' } });
  });

  it('TC_O_03_CSMS reads that there are no messages', async () => {
    const station = await world().booted(protocol);
    station.answer('GetDisplayMessages', () => ({ status: 'Unknown' }));
    const path = `/v1/stations/${station.options.station}/display-report`;
    await world().api.post(path, {});
    await eventually(
      () => world().api.get<{ outcome: string | null; completedAt: string | null }>(path),
      (reply) => reply.body.outcome === 'Unknown' && reply.body.completedAt !== null,
    );
  });

  it.each([
    ['TC_O_07_CSMS', { id: [7] }, 'Accepted'],
    ['TC_O_08_CSMS', { priority: 'NormalCycle' }, 'Accepted'],
    ['TC_O_09_CSMS', { state: 'Charging' }, 'Accepted'],
    ['TC_O_11_CSMS', { id: [8] }, 'Unknown'],
  ])('%s reads some messages (%j), and shows that the station says %s', async (_case, some, answer) => {
    const station = await world().booted(protocol);
    await world().expectAnswered(station, 'GetDisplayMessages', { requestId: 9, ...some }, { status: answer });
    if (answer === 'Unknown') return;
    const messageInfo = [{ id: 7, priority: 'NormalCycle', state: 'Charging', message: TEXT }];
    expect(await station.call('NotifyDisplayMessages', { requestId: 9, messageInfo })).toEqual({});
    await answered(world(), station, 7, ({ stand }) => stand === 'foreign');
  });
}
