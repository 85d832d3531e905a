import { getEventListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom, type SessionPlan } from '@voltbus/virtual-station';
import { runFleet } from './fleet';

/** More than the ten listeners that Node.js allows before it warns of a leak. */
const STATIONS = 12;
/** Arrivals, sessions and idle times take no time. */
const random = { ...seededRandom(0), between: () => 0 };

function run({ ready, minutes }: { ready: boolean; minutes: number }) {
  const [givenUp, ending] = [new AbortController(), new AbortController()];
  const charged: SessionPlan[] = [];
  const waiting = { stations: 0 };
  const station = {
    start: () => void waiting.stations++,
    whenReady: () => (ready ? Promise.resolve() : new Promise<void>(() => undefined)),
    charge: (plan: SessionPlan) => (charged.push(plan), Promise.resolve(null)),
    stop: jest.fn(() => Promise.resolve()),
  };
  const fleet = Array.from({ length: STATIONS }, () => ({ station, random }));
  const running = runFleet({ minutes, idToken: 'TAG' }, fleet, { givenUp: givenUp.signal, ending: ending.signal });
  return {
    running,
    givenUp,
    ending,
    charged,
    waiting,
    stop: station.stop,
    listeners: () => getEventListeners(givenUp.signal, 'abort').length,
  };
}

async function allWait({ waiting }: ReturnType<typeof run>): Promise<void> {
  while (waiting.stations < STATIONS) await pause(1);
}

describe('a fleet that runs', () => {
  it.each([true, false])(
    'has one listener for giving up, however many stations there are, and none afterwards (ready: %s)',
    async (ready) => {
      const fleet = run({ ready, minutes: 0.005 });
      await allWait(fleet);
      expect(fleet.listeners()).toBe(1);
      await fleet.running;
      expect(fleet.listeners()).toBe(0);
    },
  );

  it('charges once with each station, even when the time was over before it was ready', async () => {
    const { running, charged, stop } = run({ ready: false, minutes: 0 });
    await running;
    expect(charged).toHaveLength(STATIONS);
    expect(stop.mock.calls).toEqual(Array.from({ length: STATIONS }, () => [60_000]));
  });

  it('charges no more, and delivers what it has, when it is ended before its time', async () => {
    const fleet = run({ ready: true, minutes: 10 });
    fleet.ending.abort();
    await fleet.running;
    expect(fleet.charged).toHaveLength(STATIONS);
    expect(fleet.stop.mock.calls).toEqual(Array.from({ length: STATIONS }, () => [60_000]));
  });

  it('stops at once, without a session, when no station is admitted', async () => {
    const fleet = run({ ready: false, minutes: 10 });
    await allWait(fleet);
    fleet.givenUp.abort();
    await fleet.running;
    expect(fleet.charged).toEqual([]);
    expect(fleet.stop.mock.calls).toEqual(Array.from({ length: STATIONS }, () => [0]));
  });
});
