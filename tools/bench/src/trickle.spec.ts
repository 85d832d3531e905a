import type { Bus } from '@voltbus/bus';
import { LANES } from '@voltbus/contracts';
import { Trickle } from './trickle';

describe('a trickle of records', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  function trickle() {
    const published: string[] = [];
    const publish = (_topic: unknown, { value }: { value: Uint8Array }) => Promise.resolve(void published.push(value.toString()));
    const one = new Trickle({ publish } as unknown as Bus, LANES.transaction, 2); // all that it uses of a bus
    one.start();
    return { one, published };
  }

  it('gives the longest wait of any record, and counts repeats and what came out of order', async () => {
    const { one, published } = trickle();
    await jest.advanceTimersByTimeAsync(300);
    one.stop();
    expect(published).toEqual(['bench/0:0', 'bench/1:0', 'bench/0:1', 'bench/1:1', 'bench/0:2', 'bench/1:2']);
    for (const text of ['bench/0:0', 'bench/0:0', 'bench/0:2', 'bench/0:1', 'bench/1:1', 'bench/1:2']) one.handled(text);
    await jest.advanceTimersByTimeAsync(700);
    one.handled('bench/1:0');
    expect(await one.takeWaits()).toEqual({ longestMs: 900, lost: 0, outOfOrder: 2, twice: 1 });
    expect(await one.takeWaits()).toEqual({ longestMs: 0, lost: 0, outOfOrder: 0, twice: 0 });
  });

  it('calls lost what nobody handled in time', async () => {
    const { one } = trickle();
    await jest.advanceTimersByTimeAsync(100);
    one.stop();
    one.handled('bench/1:0');
    const taken = one.takeWaits();
    await jest.advanceTimersByTimeAsync(90_100);
    expect(await taken).toMatchObject({ lost: 1 });
  });
});
