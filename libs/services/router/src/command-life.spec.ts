import type { CallOutcome, Command } from '@voltbus/contracts';
import { CLAIM_MS } from './dispatcher';
import { startService, type Seen, type ServiceFixture } from './service-fixture';
import type { Service } from './wiring';

let router: ServiceFixture;
beforeAll(async () => {
  router = await startService();
});
afterAll(() => router?.close());

const heard = (): Promise<boolean> => Promise.resolve(true);
let stations = 0;
let station: string;
beforeEach(() => {
  station = `CS-${++stations}`;
});

async function dispatchBy({ dispatcher }: Service): Promise<void> {
  dispatcher.wake();
  await dispatcher.idle();
}

/** What gateways saw for this spec's station. */
async function dispatched(): Promise<Seen[]> {
  await dispatchBy(router.service);
  return router.seen.filter((call) => call.station === station);
}

async function inFlight(): Promise<{ command: Command; call: Seen }> {
  await router.connect(station);
  const command = await router.accept({ station });
  const call = (await dispatched()).at(-1);
  if (call === undefined) throw new Error('nothing was sent');
  return { command, call };
}

const answered: CallOutcome = { kind: 'answered', response: { status: 'Accepted' } };

describe('promise 6: every command ends in exactly one outcome', () => {
  it('is sent to where the registry says, with its deadline and timeout, and is told once when it ends', async () => {
    const epoch = await router.connect(station, { inst: 'gw-7', bucket: 5 });
    const command = await router.accept({ station, priority: 2 });
    expect(command).toMatchObject({ status: 'queued', action: 'Reset', payload: { type: 'Soft' }, sentAt: null, endedAt: null });
    const [call] = await dispatched();
    const deadline = Date.parse(command.createdAt) + 30_000;
    const expected = { inst: 'gw-7', bucket: 5, epoch, commandId: command.id, deadline, timeoutMs: 30_000, priority: 2 };
    expect(call).toMatchObject({ ...expected, action: 'Reset', payload: { type: 'Soft' } });
    if (call === undefined) return;

    await router.settle(call, { kind: 'sent' });
    expect(await router.now(command)).toMatchObject({ status: 'sent', sentAt: router.clock.now().toISOString(), endedAt: null });
    expect(await router.told(command)).toEqual([]);
    await router.settle(call, answered);
    const end = await router.now(command);
    expect(end).toMatchObject({ status: 'answered', response: { status: 'Accepted' }, error: null });
    expect(await router.told(command)).toEqual([end]);
  });

  it.each<[CallOutcome, Partial<Command>]>([
    [answered, { status: 'answered', response: { status: 'Accepted' }, error: null }],
    [
      { kind: 'error', code: 'NotSupported', description: 'no \u0000 such', details: {} },
      { status: 'error', response: null, error: { code: 'NotSupported', description: 'no \u0000 such' } },
    ],
    [{ kind: 'unknown' }, { status: 'unknown' }],
    [{ kind: 'expired' }, { status: 'expired' }],
    [{ kind: 'busy' }, { status: 'busy' }],
  ])('ends by %j, also when it comes before the word that it was sent', async (outcome, end) => {
    const { command, call } = await inFlight();
    await router.settle(call, outcome);
    await router.settle(call, { kind: 'sent' });
    expect(await router.now(command)).toMatchObject({ ...end, endedAt: router.clock.now().toISOString() });
    expect(await router.told(command)).toHaveLength(1);
  });

  it('ends once, however often and however differently the gateway says so', async () => {
    const { command, call } = await inFlight();
    await router.settle(call, answered);
    for (const again of [answered, { kind: 'unknown' }, { kind: 'not-connected' }] as const) await router.settle(call, again);
    expect(await router.now(command)).toMatchObject({ status: 'answered' });
    expect(await router.told(command)).toHaveLength(1);
    expect(await dispatched()).toHaveLength(1);
  });

  it('takes a word about a command that nobody knows for nothing', async () => {
    const { call } = await inFlight();
    const before = router.metrics.total('command_oddities_total', { kind: 'settlement-ignored' });
    await router.settle({ ...call, commandId: '00000000-0000-4000-8000-000000000000' }, answered);
    expect(router.metrics.total('command_oddities_total', { kind: 'settlement-ignored' })).toBe(before + 1);
  });

  it('answers offline at once when no gateway holds the station', async () => {
    const command = await router.accept({ station });
    expect(command).toMatchObject({ status: 'offline', endedAt: command.createdAt });
    expect(await router.told(command)).toEqual([command]);
    expect(await dispatched()).toEqual([]);
  });

  it('ends offline when the station left between acceptance and dispatch', async () => {
    const epoch = await router.connect(station);
    const command = await router.accept({ station });
    await router.connections.release({ tenant: 'default', station }, epoch);
    expect(await dispatched()).toEqual([]);
    expect(await router.now(command)).toMatchObject({ status: 'offline' });
    expect(await router.told(command)).toHaveLength(1);
  });

  it('answers offline when the gateway that held the station died without a word', async () => {
    await router.connect(station, { inst: 'doomed' });
    const waiting = await router.accept({ station });
    await router.connections.endLease('doomed');
    expect(await dispatched()).toEqual([]);
    expect(await router.now(waiting)).toMatchObject({ status: 'offline', sentAt: null });
    expect(await router.accept({ station })).toMatchObject({ status: 'offline' });
  });

  it('is judged against the version that the station speaks when it is sent', async () => {
    await router.connect(station);
    const command = await router.accept({ station });
    await router.connect(station, { protocol: 'ocpp2.1' });
    expect(await dispatched()).toEqual([]);
    expect(await router.now(command)).toMatchObject({ status: 'error', error: { code: 'invalid' } });
  });
});

describe('a connection that is not there any more', () => {
  it.each(['not-connected', 'stale-epoch'] as const)('%s: goes once more, to the connection that the station has now', async (kind) => {
    const { command, call } = await inFlight();
    const epoch = await router.connect(station, { inst: 'gw-2', bucket: 9 });
    await router.settle(call, { kind }, null);
    const [, second] = await dispatched();
    expect(second).toMatchObject({ inst: 'gw-2', bucket: 9, epoch, commandId: command.id, deadline: call.deadline });
    if (second === undefined) return;
    await router.settle(call, { kind }, null); // the first gateway's word again: not about this connection
    await router.settle(second, answered);
    expect(await router.now(command)).toMatchObject({ status: 'answered' });
    expect(await dispatched()).toHaveLength(2);
  });

  it.each(['expired', 'busy', 'not-connected', 'stale-epoch'] as const)(
    'is what an earlier gateway speaks of when it says %s: the present one has the last word',
    async (kind) => {
      const { command, call } = await inFlight();
      await router.connect(station, { inst: 'gw-2' });
      await router.settle(call, { kind: 'not-connected' }, null);
      const [, second] = await dispatched();
      if (second === undefined) throw new Error('it was not sent again');
      await router.settle(call, { kind }, null); // the call had come down twice
      expect(await router.now(command)).toMatchObject({ status: 'queued' });
      await router.settle(second, { kind: 'sent' });
      await router.settle(call, { kind }, null);
      expect(await router.now(command)).toMatchObject({ status: 'sent' });
      await router.settle(second, answered);
      expect(await router.now(command)).toMatchObject({ status: 'answered' });
    },
  );

  it('ends offline after the second one', async () => {
    const { command, call } = await inFlight();
    await router.connect(station);
    await router.settle(call, { kind: 'stale-epoch' }, null);
    const [, second] = await dispatched();
    if (second === undefined) throw new Error('it was not sent again');
    await router.connect(station);
    await router.settle(second, { kind: 'stale-epoch' }, null);
    expect(await router.now(command)).toMatchObject({ status: 'offline', sentAt: null });
    expect(await dispatched()).toHaveLength(2);
  });

  it('ends offline when the registry still names the connection that is not there', async () => {
    const { command, call } = await inFlight();
    await router.settle(call, { kind: 'not-connected' }, null);
    expect(await dispatched()).toHaveLength(1);
    expect(await router.now(command)).toMatchObject({ status: 'offline' });
  });

  it('is never sent again once it was on a socket', async () => {
    const { command, call } = await inFlight();
    await router.settle(call, { kind: 'sent' });
    await router.connect(station);
    const ignored = router.metrics.total('command_oddities_total', { kind: 'settlement-ignored' });
    await router.settle(call, { kind: 'not-connected' });
    expect(router.metrics.total('command_oddities_total', { kind: 'settlement-ignored' })).toBe(ignored + 1);
    expect(await dispatched()).toHaveLength(1);
    expect(await router.now(command)).toMatchObject({ status: 'sent' });
  });
});

describe('what nobody settles', () => {
  const sweep = () => router.service.settlements.sweep(heard);

  it('is unknown at its deadline when it may have been sent: a gateway was killed', async () => {
    const { command } = await inFlight();
    router.clock.pass(69);
    await sweep();
    expect(await router.now(command)).toMatchObject({ status: 'queued' });
    router.clock.pass(2);
    await sweep();
    expect(await router.now(command)).toMatchObject({ status: 'unknown' });
    expect(await router.told(command)).toHaveLength(1);
  });

  it('counts its time from when it was sent', async () => {
    const { command, call } = await inFlight();
    await router.settle(call, { kind: 'sent' });
    router.clock.pass(41);
    await sweep();
    expect(await router.now(command)).toMatchObject({ status: 'unknown' });
  });

  it('waits 90 seconds for an answer that takes the station long', async () => {
    await router.connect(station);
    const command = await router.accept({ station, action: 'GetConfiguration', payload: {} });
    const [call] = await dispatched();
    expect(call?.timeoutMs).toBe(90_000);
    if (call) await router.settle(call, { kind: 'sent' });
    router.clock.pass(99);
    await sweep();
    expect(await router.now(command)).toMatchObject({ status: 'sent' });
  });

  it('is expired at its deadline when it surely was not: the registry was away', async () => {
    await router.connect(station);
    const command = await router.accept({ station });
    router.connections.setAvailable(false);
    expect(await dispatched()).toEqual([]);
    router.connections.setAvailable(true);
    router.clock.pass(31);
    expect(await dispatched()).toEqual([]);
    await sweep();
    expect(await router.now(command)).toMatchObject({ status: 'expired', sentAt: null });
  });

  it('is expired, too, when the one gateway that was given it has said that it was not', async () => {
    const { command, call } = await inFlight();
    router.connections.setAvailable(false);
    await router.settle(call, { kind: 'not-connected' }, null);
    expect(await dispatched()).toHaveLength(1);
    router.connections.setAvailable(true);
    router.clock.pass(31);
    await sweep();
    expect(await router.now(command)).toMatchObject({ status: 'expired', sentAt: null });
  });

  it('goes as soon as the registry is back', async () => {
    await router.connect(station);
    const command = await router.accept({ station });
    router.connections.setAvailable(false);
    expect(await dispatched()).toEqual([]);
    router.connections.setAvailable(true);
    router.clock.pass(1);
    expect(await dispatched()).toMatchObject([{ commandId: command.id }]);
  });

  it('changes nothing any more when it answers after the sweep', async () => {
    const { command, call } = await inFlight();
    router.clock.pass(71);
    await sweep();
    await router.settle(call, answered);
    expect(await router.now(command)).toMatchObject({ status: 'unknown', response: null });
    expect(await router.told(command)).toHaveLength(1);
  });

  it('is not judged while an answer may wait unread in the topic', async () => {
    const { command, call } = await inFlight();
    router.clock.pass(71);
    await router.service.settlements.sweep(() => Promise.resolve(false));
    expect(await router.now(command)).toMatchObject({ status: 'queued' });
    await router.settle(call, answered);
    await sweep();
    expect(await router.now(command)).toMatchObject({ status: 'answered' });
  });
});

describe('a router that dies', () => {
  it('before it looked anything up: another one sends the command', async () => {
    await router.connect(station);
    const command = await router.accept({ station });
    const until = new Date(router.clock.now().getTime() + CLAIM_MS);
    await router.service.store.claim({ now: router.clock.now(), until, limit: 1_000 });
    expect(await dispatched()).toEqual([]);
    router.clock.pass(CLAIM_MS / 1_000);
    const other = await router.another();
    await dispatchBy(other);
    expect(await dispatched()).toMatchObject([{ commandId: command.id }]);
  });

  it('between writing the address and publishing: another one sends it to the same connection, whatever the registry says now', async () => {
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
    await dispatchBy(other);
    expect(await dispatched()).toMatchObject([{ commandId: command.id, inst: 'gw-1', epoch }]);
  });

  it('is too late with an address for a command that is not in its hands any more', async () => {
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
    await Promise.all([dispatchBy(router.service), dispatchBy(other)]);
    const calls = await dispatched();
    expect(calls).toHaveLength(20);
    expect(new Set(calls.map(({ commandId }) => commandId)).size).toBe(20);
  });
});

describe('a command that is kept while the station is offline', () => {
  it('goes when the station connects', async () => {
    const command = await router.accept({ station, ttlSeconds: 3_600 });
    expect(await dispatched()).toEqual([]);
    expect(await router.now(command)).toMatchObject({ status: 'queued' });
    router.clock.pass(10);
    await router.connect(station);
    expect(await router.service.store.stationConnected({ tenant: 'default', station }, router.clock.now())).toBe(true);
    expect(await dispatched()).toMatchObject([{ commandId: command.id }]);
  });

  it('goes in the order of priority, and of acceptance within one, carrying it to the queue of the gateway', async () => {
    const accept = async (priority: number) => {
      router.clock.pass(1);
      return (await router.accept({ station, ttlSeconds: 3_600, priority })).id;
    };
    const [late, usual, again, urgent] = [await accept(9), await accept(5), await accept(5), await accept(0)];
    await dispatched();
    await router.connect(station);
    await router.service.store.stationConnected({ tenant: 'default', station }, router.clock.now());
    expect((await dispatched()).map(({ commandId, priority }) => [commandId, priority])).toEqual([
      [urgent, 0],
      [usual, 5],
      [again, 5],
      [late, 9],
    ]);
  });

  it('expires when it does not', async () => {
    const command = await router.accept({ station, ttlSeconds: 60 });
    await dispatched();
    router.clock.pass(61);
    expect(await dispatched()).toEqual([]);
    await router.service.settlements.sweep(heard);
    expect(await router.now(command)).toMatchObject({ status: 'expired' });
  });
});

it('counts states by action, and how long commands took to their station', async () => {
  const { call } = await inFlight();
  const before = router.metrics.total('command_state_total', { action: 'Reset', state: 'answered' });
  router.clock.pass(2);
  await router.settle(call, answered);
  expect(router.metrics.total('command_state_total', { action: 'Reset', state: 'answered' })).toBe(before + 1);
  expect(router.metrics.observed('command_delivery_seconds').at(-1)).toBe(2);
});

describe('a command that is taken back', () => {
  const cancel = (id: string): Promise<Command> => router.service.cancellations.cancel('default', id);

  it('ends cancelled while it waits for the station, is told once, and is never sent', async () => {
    const command = await router.accept({ station, ttlSeconds: 3_600 });
    await dispatched();
    const end = await cancel(command.id);
    expect(end).toMatchObject({ id: command.id, status: 'cancelled', sentAt: null, endedAt: router.clock.now().toISOString() });
    expect(await cancel(command.id)).toEqual(end);
    expect(await router.told(command)).toEqual([end]);
    await router.connect(station);
    await router.service.store.stationConnected({ tenant: 'default', station }, router.clock.now());
    expect(await dispatched()).toEqual([]);
  });

  it('is too late once a gateway was given it, and has its own end', async () => {
    const { command, call } = await inFlight();
    await expect(cancel(command.id)).rejects.toMatchObject({ code: 'too-late' });
    await router.settle(call, { kind: 'sent' });
    await expect(cancel(command.id)).rejects.toMatchObject({ code: 'too-late' });
    await router.settle(call, answered);
    await expect(cancel(command.id)).rejects.toMatchObject({ code: 'too-late', message: 'it has ended: answered' });
    expect((await router.told(command)).map(({ status }) => status)).toEqual(['answered']);
  });

  it('is taken back in the moment in which it would be sent: it is sent, or it is cancelled', async () => {
    await router.connect(station);
    const other = await router.another();
    for (let round = 0; round < 20; round++) {
      const command = await router.accept({ station });
      const [cancelled] = await Promise.allSettled([cancel(command.id), dispatchBy(other), dispatchBy(router.service)]);
      const sent = router.seen.filter((call) => call.commandId === command.id).length;
      expect(sent).toBe(cancelled.status === 'fulfilled' ? 0 : 1);
      expect((await router.now(command)).status).toBe(cancelled.status === 'fulfilled' ? 'cancelled' : 'queued');
    }
  });

  it('must exist', async () => {
    await expect(cancel('00000000-0000-4000-8000-000000000000')).rejects.toMatchObject({ code: 'not-found' });
  });
});
