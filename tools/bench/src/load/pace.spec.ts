import { paced } from './pace';
import { summaryOf } from './latencies';

describe('the pace of a workload', () => {
  it('counts the wait of a unit that begins late because the one before it took long', async () => {
    const late: number[] = [];
    const enough = new Error('two units are enough');
    const run = paced({ stations: 1, seconds: 3_600, rate: 100 }, 0, async (intended, nth) => {
      if (nth === 0) await new Promise((later) => setTimeout(later, 50));
      late.push(performance.now() - intended);
      if (nth === 1) throw enough;
    });
    await expect(run).rejects.toBe(enough);
    expect(late[1]).toBeGreaterThan(35); // it was meant to begin 10 ms after the first
  });

  it('goes on at once where no rate is given, until the time is over', async () => {
    let units = 0;
    const count = await paced({ stations: 1, seconds: 0.05, rate: null }, 0, async () => {
      units += 1;
      await new Promise((later) => setImmediate(later));
    });
    expect(count).toBe(units);
    expect(units).toBeGreaterThan(0);
  });
});

it('a summary of latencies takes percentiles of what was measured', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(summaryOf(hundred)).toEqual({ count: 100, p50: 51, p99: 100, max: 100 });
  expect(summaryOf([])).toEqual({ count: 0, p50: 0, p99: 0, max: 0 });
});
