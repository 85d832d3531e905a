import { AwakeDeadline } from './awake-deadline';

const AFTER_MS = 200;
const deadline = () => new AwakeDeadline(AFTER_MS, (ms) => new Error(`no answer within ${ms} ms`));

function busyFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('a deadline in time that this process was awake', () => {
  it('ends a wait for what never comes', async () => {
    await expect(deadline().within(new Promise(() => undefined))).rejects.toThrow(`no answer within ${AFTER_MS} ms`);
  });

  it('hands on what comes, and what goes wrong', async () => {
    expect(await deadline().within(Promise.resolve(1))).toBe(1);
    await expect(deadline().within(Promise.reject(new Error('away')))).rejects.toThrow('away');
  });

  it('does not take the own delay for the absence of who answers, however often it comes', async () => {
    const waits = deadline();
    const rounds = 3;
    for (let round = 0; round < rounds; round++) {
      const answer = waits.within(new Promise((resolve) => setTimeout(resolve, AFTER_MS + 1, round)));
      busyFor(AFTER_MS * 3); // both are due when it wakes up: the deadline first, by the clock on the wall
      expect(await answer).toBe(round);
    }
  });

  it('counts for each from when it began to wait', async () => {
    const waits = deadline();
    const ends: string[] = [];
    const never = (name: string) => waits.within(new Promise(() => undefined)).catch(() => void ends.push(name));
    const first = never('first');
    await new Promise((resolve) => setTimeout(resolve, AFTER_MS / 2));
    await Promise.all([first, never('second')]);
    expect(ends).toEqual(['first', 'second']);
  });
});
