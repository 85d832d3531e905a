import { Scheduler } from './scheduler';

describe('chores', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('come again, one at a time, also after one that failed; and no more after the stop', async () => {
    const failures: unknown[] = [];
    const chores = new Scheduler((name, error) => failures.push([name, error]));
    const runs: ((failure?: Error) => void)[] = [];
    chores.every(1_000, 'sweep', () => new Promise((resolve, reject) => runs.push((failure) => (failure ? reject(failure) : resolve()))));
    await jest.advanceTimersByTimeAsync(3_000);
    expect(runs).toHaveLength(1);
    runs[0]?.(new Error('broken'));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(runs).toHaveLength(2);
    expect(failures).toEqual([['sweep', new Error('broken')]]);
    runs[1]?.();
    chores.stop();
    await jest.advanceTimersByTimeAsync(3_000);
    expect(runs).toHaveLength(2);
  });
});
