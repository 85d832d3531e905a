import { STATIONS, type CallOutcome, type Command } from '@voltbus/contracts';
import { deliverEvents, eventRecord } from '@voltbus/service/testing';
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

describe('a command that is cancelled', () => {
  const cancel = (id: string): Promise<Command> => router.service.cancellations.cancel('default', id);

  it('ends cancelled while it waits for the station, is published once, and is never sent', async () => {
    const command = await router.accept({ station, ttlSeconds: 3_600 });
    await router.dispatched(station);
    const end = await cancel(command.id);
    expect(end).toMatchObject({ id: command.id, status: 'cancelled', sentAt: null, endedAt: router.clock.now().toISOString() });
    expect(await cancel(command.id)).toEqual(end);
    expect(router.endEvents(command)).toEqual([end]);
    await router.connect(station);
    await router.service.store.stationsConnected([{ tenant: 'default', station }], router.clock.now());
    expect(await router.dispatched(station)).toEqual([]);
  });

  it('is too late once a gateway was given it, and has its own end', async () => {
    const { command, call } = await router.inFlight(station);
    await expect(cancel(command.id)).rejects.toMatchObject({ code: 'too-late' });
    await router.record(call, { kind: 'sent' });
    await expect(cancel(command.id)).rejects.toMatchObject({ code: 'too-late' });
    await router.record(call, ANSWERED);
    await expect(cancel(command.id)).rejects.toMatchObject({ code: 'too-late', message: 'it has ended: answered' });
    expect(router.endEvents(command).map(({ status }) => status)).toEqual(['answered']);
  });

  it('is either sent or cancelled when both happen at the same moment', async () => {
    await router.connect(station);
    const other = await router.another();
    for (let round = 0; round < 20; round++) {
      const command = await router.accept({ station });
      const [cancelled] = await Promise.allSettled([cancel(command.id), router.dispatch(other), router.dispatch()]);
      const sent = router.calls.filter((call) => call.commandId === command.id).length;
      expect(sent).toBe(cancelled.status === 'fulfilled' ? 0 : 1);
      expect((await router.current(command)).status).toBe(cancelled.status === 'fulfilled' ? 'cancelled' : 'queued');
    }
  });

  it('must exist', async () => {
    await expect(cancel('00000000-0000-4000-8000-000000000000')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a station that is deleted', () => {
  const deleted = (time: Date): Promise<void> => {
    const ref = { tenant: 'default', station };
    const record = eventRecord(STATIONS.events.deleted, { ...ref, group: null }, { ...ref, time: time.toISOString() });
    return deliverEvents(router.service.service, STATIONS.events.deleted, [record]);
  };

  it('leaves no command to a later station of its name, whatever was accepted before it was deleted', async () => {
    const former = [await router.accept({ station, ttlSeconds: 3_600 }), await router.accept({ station, ttlSeconds: 3_600 })];
    router.clock.pass(1);
    const at = router.clock.now();
    router.clock.pass(1);
    const later = await router.accept({ station, ttlSeconds: 3_600 });
    await deleted(at);
    await deleted(at);
    for (const command of former) {
      expect((await router.current(command)).status).toBe('cancelled');
      expect(router.endEvents(command)).toHaveLength(1);
    }
    await router.connect(station);
    await router.service.store.stationsConnected([{ tenant: 'default', station }], router.clock.now());
    expect((await router.dispatched(station)).map(({ commandId }) => commandId)).toEqual([later.id]);
  });

  it('keeps its own end of a command that a gateway was given', async () => {
    const { command, call } = await router.inFlight(station);
    await deleted(router.clock.now());
    expect((await router.current(command)).status).toBe('queued');
    await router.record(call, ANSWERED);
    expect((await router.current(command)).status).toBe('answered');
  });
});
