import { TimeoutError, withTimeout } from './with-timeout';

const never = new Promise<never>(() => undefined);

describe('withTimeout', () => {
  it('resolves and rejects as the work does, and leaves no timer behind', async () => {
    jest.useFakeTimers();
    expect(await withTimeout(Promise.resolve('done'), 1_000)).toBe('done');
    await expect(withTimeout(Promise.reject(new Error('failed')), 1_000)).rejects.toThrow('failed');
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('rejects with a TimeoutError when the work takes longer', async () => {
    await expect(withTimeout(never, 1)).rejects.toEqual(expect.any(TimeoutError));
    await expect(withTimeout(never, 1)).rejects.toThrow('took longer than 1 ms');
  });

  it('gives what the caller prefers to an error', async () => {
    expect(await withTimeout(never, 1, () => 'late')).toBe('late');
    const unavailable = new Error('the registry did not answer');
    await expect(
      withTimeout(never, 1, () => {
        throw unavailable;
      }),
    ).rejects.toBe(unavailable);
  });

  it('ignores what becomes of the work after its time', async () => {
    let fail = (_error: Error): void => undefined;
    const work = new Promise<string>((_resolve, reject) => (fail = reject));
    expect(await withTimeout(work, 1, () => null)).toBeNull();
    fail(new Error('too late')); // an unhandled rejection would end the process
    await new Promise((turn) => setImmediate(turn));
  });
});
