import { COMMANDS, DOWNLINK } from '@voltbus/contracts';
import { CLAIM_MS } from './dispatch';
import { startRouter, type RouterFixture } from '../testing/router-fixture';

let router: RouterFixture;
beforeAll(async () => {
  router = await startRouter();
});
afterAll(() => router?.close());

let stations = 0;
let station: string;
beforeEach(() => {
  station = `CS-${++stations}`;
});

const calls = () =>
  router.calls.filter((call) => call.station === station).map(({ commandId, inst, epoch }) => ({ commandId, inst, epoch }));

/** Accepts a command as the HTTP API does. */
async function accept() {
  const ref = { tenant: 'default', station };
  const { state, owner } = await router.service.commands.accept({ ref, action: 'Reset', payload: { type: 'Soft' }, requestedBy: 'spec' });
  if (owner === null) throw new Error('the station is not connected');
  return { state, owner, id: state.command.id };
}

describe('a command that the process sends which accepted it', () => {
  it('goes to the connection that was found at acceptance, and no router sends it again', async () => {
    const epoch = await router.connect(station, { inst: 'gw-7', bucket: 5 });
    const { state, owner, id } = await accept();
    expect(await router.service.dispatch.sendNew(state, owner)).toBe(true);
    expect(calls()).toEqual([{ commandId: id, inst: 'gw-7', epoch }]);
    router.clock.pass(CLAIM_MS / 1_000);
    await router.dispatch();
    expect(calls()).toHaveLength(1);
  });

  it('is sent once when a router finds it in the same moment', async () => {
    await router.connect(station);
    const other = await router.another();
    const accepted = [];
    for (let many = 0; many < 20; many++) accepted.push(await accept());
    await Promise.all([...accepted.map(({ state, owner }) => router.service.dispatch.sendNew(state, owner)), router.dispatch(other)]);
    await router.dispatch();
    expect(
      calls()
        .map(({ commandId }) => commandId)
        .sort(),
    ).toEqual(accepted.map(({ id }) => id).sort());
  });

  it('waits behind an older command of its station', async () => {
    await router.connect(station);
    const first = await accept();
    router.clock.pass(1);
    const second = await accept();
    expect(await router.service.dispatch.sendNew(second.state, second.owner)).toBe(false);
    await router.dispatch();
    expect(calls().map(({ commandId }) => commandId)).toEqual([first.id, second.id]);
  });

  it('does not wait behind an older one that is less urgent, or behind a newer one', async () => {
    await router.connect(station);
    const ref = { tenant: 'default', station };
    const patient = { ref, action: 'Reset', payload: { type: 'Soft' }, priority: 9, requestedBy: 'spec' };
    await router.service.commands.accept(patient);
    router.clock.pass(1);
    const urgent = await accept();
    router.clock.pass(1);
    await accept();
    expect(await router.service.dispatch.sendNew(urgent.state, urgent.owner)).toBe(true);
    expect(calls().map(({ commandId }) => commandId)).toEqual([urgent.id]);
  });

  it('goes to the same connection by a router when its process dies before it has published', async () => {
    const epoch = await router.connect(station);
    const { state, owner, id } = await accept();
    const now = router.clock.now();
    const until = new Date(now.getTime() + CLAIM_MS);
    expect(await router.service.store.claimNew(state, owner, { now, until, endBy: until })).toMatchObject({
      address: { inst: 'gw-1', epoch },
    });
    await router.connect(station, { inst: 'gw-2' });
    await router.dispatch();
    expect(calls()).toEqual([]);
    router.clock.pass(CLAIM_MS / 1_000);
    await router.dispatch();
    expect(calls()).toEqual([{ commandId: id, inst: 'gw-1', epoch }]);
  });

  it('is sent by a router, to the same connection, when the bus was away', async () => {
    const epoch = await router.connect(station);
    const { state, owner, id } = await accept();
    const publish = router.bus.publish.bind(router.bus);
    const away = jest
      .spyOn(router.bus, 'publish')
      .mockImplementation((topic, record) => (topic === DOWNLINK ? Promise.reject(new Error('away')) : publish(topic, record)));
    expect(await router.service.dispatch.sendNew(state, owner)).toBe(true);
    away.mockRestore();
    await router.connect(station, { inst: 'gw-2' });
    router.clock.pass(2);
    await router.dispatch();
    expect(calls()).toEqual([{ commandId: id, inst: 'gw-1', epoch }]);
  });

  it('reaches its station after those that the same process accepted before it, though the bus takes long for the first', async () => {
    await router.connect(station);
    await router.connect('CS-other');
    const routers = await router.bus.follow({ name: 'routers', topic: COMMANDS, handle: () => router.dispatch() });
    const publish = router.bus.publish.bind(router.bus);
    const taken = new Promise<() => void>((first) => {
      jest.spyOn(router.bus, 'publish').mockImplementationOnce(async (topic, record) => {
        await new Promise<void>(first);
        return publish(topic, record);
      });
    });
    const send = (to: string) =>
      router.service.commandSender.sendCommand({
        ref: { tenant: 'default', station: to },
        ...{ action: 'Reset', payload: { type: 'Soft' }, requestedBy: 'spec' },
      });
    const sent = [await send(station)];
    const acknowledge = await taken;
    sent.push(await send(station), await send(station));
    // what goes to another station has passed every step that these could have taken meanwhile
    for (const { id } of [await send('CS-other'), await send('CS-other')])
      while (!router.calls.some(({ commandId }) => commandId === id)) await new Promise(setImmediate);
    acknowledge();
    await router.service.commandSender.idle();
    await router.dispatch();
    await routers.close();
    expect(calls().map(({ commandId }) => commandId)).toEqual(sent.map(({ id }) => id));
  });

  it('is queued for the next connection when the gateway does not hold the station any more', async () => {
    await router.connect(station);
    const { state, owner, id } = await accept();
    await router.service.dispatch.sendNew(state, owner);
    const [call] = router.calls.filter((one) => one.station === station);
    if (call === undefined) throw new Error('nothing was sent');
    const epoch = await router.connect(station, { inst: 'gw-2' });
    await router.record(call, { kind: 'not-connected' }, null);
    await router.dispatch();
    expect(calls().slice(1)).toEqual([{ commandId: id, inst: 'gw-2', epoch }]);
  });
});
