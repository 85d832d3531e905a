import { WakeableLoop } from './wakeable-loop';

/** Work whose runs the spec ends itself. */
function controlled() {
  const ends: ((pauseMs?: number) => void)[] = [];
  const fails: ((error: Error) => void)[] = [];
  const run = () =>
    new Promise<number | void>((resolve, reject) => {
      ends.push(resolve);
      fails.push(reject);
    });
  const turn = () => new Promise<void>((done) => setImmediate(done));
  return {
    run,
    begun: () => ends.length,
    async end(pauseMs?: number) {
      ends.at(-1)?.(pauseMs);
      await turn();
    },
    async fail(error: Error) {
      fails.at(-1)?.(error);
      await turn();
    },
  };
}

describe('a wakeable loop', () => {
  it('runs at once, one run at a time, and once more for all that came during a run', async () => {
    const work = controlled();
    const loop = new WakeableLoop({ run: work.run });
    loop.wake();
    expect(work.begun()).toBe(1);
    loop.wake();
    loop.wake();
    expect(work.begun()).toBe(1);
    await work.end();
    expect(work.begun()).toBe(2);
    await work.end();
    expect(work.begun()).toBe(2);
  });

  it('is idle when no run is in hand and none is due', async () => {
    const work = controlled();
    const loop = new WakeableLoop({ run: work.run });
    await loop.idle();
    loop.wake();
    loop.wake();
    let idle = false;
    const waiting = loop.idle().then(() => (idle = true));
    await work.end();
    expect(idle).toBe(false);
    await work.end();
    await waiting;
  });

  it('runs again by itself after the pause that a run names', async () => {
    let runs = 0;
    const third = new Promise<void>((resolve) => {
      const loop = new WakeableLoop({
        run: () => {
          runs += 1;
          if (runs < 3) return Promise.resolve(1);
          resolve();
          return Promise.resolve();
        },
      });
      loop.wake();
    });
    await third;
    expect(runs).toBe(3);
  });

  it('reports a run that failed, and goes on', async () => {
    const errors: unknown[] = [];
    const work = controlled();
    const loop = new WakeableLoop({ run: work.run, onError: (error) => void errors.push(error) });
    const error = new Error('the database is away');
    loop.wake();
    await work.fail(error);
    expect(errors).toEqual([error]);
    loop.wake();
    expect(work.begun()).toBe(2);
    await work.end();
  });

  it('finishes the run in hand when it is stopped, and begins no other', async () => {
    const work = controlled();
    const loop = new WakeableLoop({ run: work.run });
    loop.wake();
    loop.wake();
    const stopped = loop.stop();
    expect(loop.stopped).toBe(true);
    await work.end(1);
    await stopped;
    loop.wake();
    expect(work.begun()).toBe(1);
  });
});
