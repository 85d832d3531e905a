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

/** Every result was read. */
const allRead = (): Promise<boolean> => Promise.resolve(true);

describe('a router that dies', () => {
  it('before it looked anything up: another one sends the command', async () => {
    await router.connect(station);
    const command = await router.accept({ station });
    const until = new Date(router.clock.now().getTime() + CLAIM_MS);
    await router.service.store.claim({ now: router.clock.now(), until, limit: 1_000 });
    expect(await router.dispatched(station)).toEqual([]);
    router.clock.pass(CLAIM_MS / 1_000);
    const other = await router.another();
    await router.dispatch(other);
    expect(await router.dispatched(station)).toMatchObject([{ commandId: command.id }]);
  });

  it('between writing the address and publishing: another one sends it to the same connection, whatever is in the registry now', async () => {
    const epoch = await router.connect(station);
    const command = await router.accept({ station });
    const until = new Date(router.clock.now().getTime() + CLAIM_MS);
    const claimed = await router.service.store.claim({ now: router.clock.now(), until, limit: 1_000 });
    const mine = claimed.find((one) => one.command.id === command.id);
    if (mine === undefined) throw new Error('it was not claimed');
    await router.service.store.place(mine, { inst: 'gw-1', bucket: 3, epoch }, until);
    await router.connect(station, { inst: 'gw-2' });
    router.clock.pass(CLAIM_MS / 1_000);
    const other = await router.another();
    await router.dispatch(other);
    expect(await router.dispatched(station)).toMatchObject([{ commandId: command.id, inst: 'gw-1', epoch }]);
  });

  it('cannot give an address to a command that another router has claimed since', async () => {
    const epoch = await router.connect(station);
    const address = { inst: 'gw-1', bucket: 3, epoch };
    const { id } = await router.accept({ station });
    const mine = async (seconds: number) => {
      const until = new Date(router.clock.now().getTime() + seconds * 1_000);
      const claimed = await router.service.store.claim({ now: router.clock.now(), until, limit: 1_000 });
      return claimed.find(({ command }) => command.id === id);
    };
    const first = await mine(5);
    router.clock.pass(5);
    const second = await mine(5);
    if (first === undefined || second === undefined) throw new Error('it was not claimed');
    const place = (one: typeof first) => router.service.store.place(one, address, router.clock.now());
    expect([await place(first), await place(second), await place(second)]).toEqual([false, true, false]);
  });

  it('two routers at once send it once', async () => {
    await router.connect(station);
    for (let many = 0; many < 20; many++) await router.accept({ station });
    const other = await router.another();
    await Promise.all([router.dispatch(), router.dispatch(other)]);
    const calls = await router.dispatched(station);
    expect(calls).toHaveLength(20);
    expect(new Set(calls.map(({ commandId }) => commandId)).size).toBe(20);
  });
});

describe('a command that is kept while the station is offline', () => {
  it('goes when the station connects', async () => {
    const command = await router.accept({ station, ttlSeconds: 3_600 });
    expect(await router.dispatched(station)).toEqual([]);
    expect(await router.current(command)).toMatchObject({ status: 'queued' });
    router.clock.pass(10);
    await router.connect(station);
    expect(await router.service.store.stationsConnected([{ tenant: 'default', station }], router.clock.now())).toBe(true);
    expect(await router.dispatched(station)).toMatchObject([{ commandId: command.id }]);
  });

  it('goes in the order of priority, and of acceptance within one, carrying it to the queue of the gateway', async () => {
    const accept = async (priority: number) => {
      router.clock.pass(1);
      return (await router.accept({ station, ttlSeconds: 3_600, priority })).id;
    };
    const [late, usual, again, urgent] = [await accept(9), await accept(5), await accept(5), await accept(0)];
    await router.dispatched(station);
    await router.connect(station);
    await router.service.store.stationsConnected([{ tenant: 'default', station }], router.clock.now());
    expect((await router.dispatched(station)).map(({ commandId, priority }) => [commandId, priority])).toEqual([
      [urgent, 0],
      [usual, 5],
      [again, 5],
      [late, 9],
    ]);
  });

  it('expires when it does not', async () => {
    const command = await router.accept({ station, ttlSeconds: 60 });
    await router.dispatched(station);
    router.clock.pass(61);
    expect(await router.dispatched(station)).toEqual([]);
    await router.service.results.endOverdue(allRead);
    expect(await router.current(command)).toMatchObject({ status: 'expired' });
  });
});
