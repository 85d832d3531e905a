import type { CallOutcome } from '@voltbus/contracts';
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

describe('a connection that is not there any more', () => {
  it.each(['not-connected', 'stale-epoch'] as const)('%s: goes once more, to the connection that the station has now', async (kind) => {
    const { command, call } = await router.inFlight(station);
    const epoch = await router.connect(station, { inst: 'gw-2', bucket: 9 });
    await router.record(call, { kind }, null);
    const [, second] = await router.dispatched(station);
    expect(second).toMatchObject({ inst: 'gw-2', bucket: 9, epoch, commandId: command.id, deadline: call.deadline });
    if (second === undefined) return;
    await router.record(call, { kind }, null); // the first gateway's result again: not about this connection
    await router.record(second, ANSWERED);
    expect(await router.current(command)).toMatchObject({ status: 'answered' });
    expect(await router.dispatched(station)).toHaveLength(2);
  });

  it.each(['expired', 'busy', 'not-connected', 'stale-epoch'] as const)(
    'is all that a late %s of the earlier gateway is about: the result of the present one counts',
    async (kind) => {
      const { command, call } = await router.inFlight(station);
      await router.connect(station, { inst: 'gw-2' });
      await router.record(call, { kind: 'not-connected' }, null);
      const [, second] = await router.dispatched(station);
      if (second === undefined) throw new Error('it was not sent again');
      await router.record(call, { kind }, null); // the call had come down twice
      expect(await router.current(command)).toMatchObject({ status: 'queued' });
      await router.record(second, { kind: 'sent' });
      await router.record(call, { kind }, null);
      expect(await router.current(command)).toMatchObject({ status: 'sent' });
      await router.record(second, ANSWERED);
      expect(await router.current(command)).toMatchObject({ status: 'answered' });
    },
  );

  it('ends offline after the second one', async () => {
    const { command, call } = await router.inFlight(station);
    await router.connect(station);
    await router.record(call, { kind: 'stale-epoch' }, null);
    const [, second] = await router.dispatched(station);
    if (second === undefined) throw new Error('it was not sent again');
    await router.connect(station);
    await router.record(second, { kind: 'stale-epoch' }, null);
    expect(await router.current(command)).toMatchObject({ status: 'offline', sentAt: null });
    expect(await router.dispatched(station)).toHaveLength(2);
  });

  it('ends offline when the registry still names the connection that is not there', async () => {
    const { command, call } = await router.inFlight(station);
    await router.record(call, { kind: 'not-connected' }, null);
    expect(await router.dispatched(station)).toHaveLength(1);
    expect(await router.current(command)).toMatchObject({ status: 'offline' });
  });

  it('is never sent again once it was on a socket', async () => {
    const { command, call } = await router.inFlight(station);
    await router.record(call, { kind: 'sent' });
    await router.connect(station);
    const ignored = router.metrics.total('command_anomalies_total', { kind: 'result-ignored' });
    await router.record(call, { kind: 'not-connected' });
    expect(router.metrics.total('command_anomalies_total', { kind: 'result-ignored' })).toBe(ignored + 1);
    expect(await router.dispatched(station)).toHaveLength(1);
    expect(await router.current(command)).toMatchObject({ status: 'sent' });
  });
});
