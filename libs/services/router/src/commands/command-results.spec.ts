import type { CallOutcome, Command } from '@voltbus/contracts';
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

const ANSWERED: CallOutcome = { kind: 'answered', response: { status: 'Accepted' } };

describe('promise 6: every command ends in exactly one outcome', () => {
  it('goes to the gateway that the registry names, with deadline and timeout, and its end is published once', async () => {
    const epoch = await router.connect(station, { inst: 'gw-7', bucket: 5 });
    const command = await router.accept({ station, priority: 2 });
    expect(command).toMatchObject({ status: 'queued', action: 'Reset', payload: { type: 'Soft' }, sentAt: null, endedAt: null });
    const [call] = await router.dispatched(station);
    const deadline = Date.parse(command.createdAt) + 30_000;
    const expected = { inst: 'gw-7', bucket: 5, epoch, commandId: command.id, deadline, timeoutMs: 30_000, priority: 2 };
    expect(call).toMatchObject({ ...expected, action: 'Reset', payload: { type: 'Soft' } });
    if (call === undefined) return;

    await router.record(call, { kind: 'sent' });
    expect(await router.current(command)).toMatchObject({ status: 'sent', sentAt: router.clock.now().toISOString(), endedAt: null });
    expect(router.endEvents(command)).toEqual([]);
    await router.record(call, ANSWERED);
    const end = await router.current(command);
    expect(end).toMatchObject({ status: 'answered', response: { status: 'Accepted' }, error: null });
    expect(router.endEvents(command)).toEqual([end]);
  });

  it.each<[CallOutcome, Partial<Command>]>([
    [ANSWERED, { status: 'answered', response: { status: 'Accepted' }, error: null }],
    [
      { kind: 'error', code: 'NotSupported', description: 'no \u0000 such', details: {} },
      { status: 'error', response: null, error: { code: 'NotSupported', description: 'no \u0000 such' } },
    ],
    [{ kind: 'unknown' }, { status: 'unknown' }],
    [{ kind: 'expired' }, { status: 'expired' }],
    [{ kind: 'busy' }, { status: 'busy' }],
  ])('ends by %j, also when that comes before the result that it was sent', async (outcome, end) => {
    const { command, call } = await router.inFlight(station);
    await router.record(call, outcome);
    await router.record(call, { kind: 'sent' });
    expect(await router.current(command)).toMatchObject({ ...end, endedAt: router.clock.now().toISOString() });
    expect(router.endEvents(command)).toHaveLength(1);
  });

  it('ends once, however often and however differently the gateway reports an end', async () => {
    const { command, call } = await router.inFlight(station);
    await router.record(call, ANSWERED);
    for (const again of [ANSWERED, { kind: 'unknown' }, { kind: 'not-connected' }] as const) await router.record(call, again);
    expect(await router.current(command)).toMatchObject({ status: 'answered' });
    expect(router.endEvents(command)).toHaveLength(1);
    expect(await router.dispatched(station)).toHaveLength(1);
  });

  it('ignores and counts a result about an unknown command', async () => {
    const { call } = await router.inFlight(station);
    const before = router.metrics.total('command_anomalies_total', { kind: 'result-ignored' });
    await router.record({ ...call, commandId: '00000000-0000-4000-8000-000000000000' }, ANSWERED);
    expect(router.metrics.total('command_anomalies_total', { kind: 'result-ignored' })).toBe(before + 1);
  });

  it('answers offline at once when no gateway holds the station', async () => {
    const command = await router.accept({ station });
    expect(command).toMatchObject({ status: 'offline', endedAt: command.createdAt });
    expect(router.endEvents(command)).toEqual([command]);
    expect(await router.dispatched(station)).toEqual([]);
  });

  it('ends offline when the station left between acceptance and dispatch', async () => {
    const epoch = await router.connect(station);
    const command = await router.accept({ station });
    await router.connections.release({ tenant: 'default', station }, epoch);
    expect(await router.dispatched(station)).toEqual([]);
    expect(await router.current(command)).toMatchObject({ status: 'offline' });
    expect(router.endEvents(command)).toHaveLength(1);
  });

  it('answers offline when the gateway that held the station was killed', async () => {
    await router.connect(station, { inst: 'doomed' });
    const waiting = await router.accept({ station });
    await router.connections.endLease('doomed');
    expect(await router.dispatched(station)).toEqual([]);
    expect(await router.current(waiting)).toMatchObject({ status: 'offline', sentAt: null });
    expect(await router.accept({ station })).toMatchObject({ status: 'offline' });
  });

  it('is checked against the version that the station speaks when it is sent', async () => {
    await router.connect(station);
    const command = await router.accept({ station });
    await router.connect(station, { protocol: 'ocpp2.1' });
    expect(await router.dispatched(station)).toEqual([]);
    expect(await router.current(command)).toMatchObject({ status: 'error', error: { code: 'invalid' } });
  });
});

it('counts states by action, and how long commands took to their station', async () => {
  const { call } = await router.inFlight(station);
  const before = router.metrics.total('command_state_total', { action: 'Reset', state: 'answered' });
  router.clock.pass(2);
  await router.record(call, ANSWERED);
  expect(router.metrics.total('command_state_total', { action: 'Reset', state: 'answered' })).toBe(before + 1);
  expect(router.metrics.observed('command_delivery_seconds', { action: 'Reset', kept: 'no' }).at(-1)).toBe(2);
});

it('tells the delivery of a command that may have waited for its station from the others', async () => {
  const others = router.metrics.observed('command_delivery_seconds', { kept: 'no' }).length;
  await router.accept({ station, ttlSeconds: 600 });
  router.clock.pass(120);
  await router.connect(station);
  const [call] = await router.dispatched(station);
  if (call === undefined) throw new Error('nothing was sent');
  await router.record(call, { kind: 'sent' });
  expect(router.metrics.observed('command_delivery_seconds', { action: 'Reset', kept: 'yes' })).toEqual([120]);
  expect(router.metrics.observed('command_delivery_seconds', { kept: 'no' })).toHaveLength(others);
});
