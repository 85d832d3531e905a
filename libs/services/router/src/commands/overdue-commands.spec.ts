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

/** Every result was read. */
const allRead = (): Promise<boolean> => Promise.resolve(true);

describe('a command without a result', () => {
  const endOverdue = () => router.service.results.endOverdue(allRead);

  it('is unknown at its deadline when it may have been sent: a gateway was killed', async () => {
    const { command } = await router.inFlight(station);
    router.clock.pass(69);
    await endOverdue();
    expect(await router.current(command)).toMatchObject({ status: 'queued' });
    router.clock.pass(2);
    await endOverdue();
    expect(await router.current(command)).toMatchObject({ status: 'unknown' });
    expect(router.endEvents(command)).toHaveLength(1);
  });

  it('counts its time from when it was sent', async () => {
    const { command, call } = await router.inFlight(station);
    await router.record(call, { kind: 'sent' });
    router.clock.pass(41);
    await endOverdue();
    expect(await router.current(command)).toMatchObject({ status: 'unknown' });
  });

  it('waits 90 seconds for an answer that takes the station long', async () => {
    await router.connect(station);
    const command = await router.accept({ station, action: 'GetConfiguration', payload: {} });
    const [call] = await router.dispatched(station);
    expect(call?.timeoutMs).toBe(90_000);
    if (call) await router.record(call, { kind: 'sent' });
    router.clock.pass(99);
    await endOverdue();
    expect(await router.current(command)).toMatchObject({ status: 'sent' });
  });

  it('is expired at its deadline when it certainly was not sent: the registry was away', async () => {
    await router.connect(station);
    const command = await router.accept({ station });
    router.connections.setAvailable(false);
    expect(await router.dispatched(station)).toEqual([]);
    router.connections.setAvailable(true);
    router.clock.pass(31);
    expect(await router.dispatched(station)).toEqual([]);
    await endOverdue();
    expect(await router.current(command)).toMatchObject({ status: 'expired', sentAt: null });
  });

  it('is expired, too, when the one gateway that was given it has reported that it was not sent', async () => {
    const { command, call } = await router.inFlight(station);
    router.connections.setAvailable(false);
    await router.record(call, { kind: 'not-connected' }, null);
    expect(await router.dispatched(station)).toHaveLength(1);
    router.connections.setAvailable(true);
    router.clock.pass(31);
    await endOverdue();
    expect(await router.current(command)).toMatchObject({ status: 'expired', sentAt: null });
  });

  it('goes as soon as the registry is back', async () => {
    await router.connect(station);
    const command = await router.accept({ station });
    router.connections.setAvailable(false);
    expect(await router.dispatched(station)).toEqual([]);
    router.connections.setAvailable(true);
    router.clock.pass(1);
    expect(await router.dispatched(station)).toMatchObject([{ commandId: command.id }]);
  });

  it('keeps its end when an answer comes after the deadline', async () => {
    const { command, call } = await router.inFlight(station);
    router.clock.pass(71);
    await endOverdue();
    await router.record(call, ANSWERED);
    expect(await router.current(command)).toMatchObject({ status: 'unknown', response: null });
    expect(router.endEvents(command)).toHaveLength(1);
  });

  it('has no end yet while an answer may wait unread in the topic', async () => {
    const { command, call } = await router.inFlight(station);
    router.clock.pass(71);
    await router.service.results.endOverdue(() => Promise.resolve(false));
    expect(await router.current(command)).toMatchObject({ status: 'queued' });
    await router.record(call, ANSWERED);
    await endOverdue();
    expect(await router.current(command)).toMatchObject({ status: 'answered' });
  });
});
