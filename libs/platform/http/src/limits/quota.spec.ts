import { Quota } from './quota';

describe('a quota', () => {
  const policy = { name: 'key', quota: 2, windowSeconds: 60 };

  it('admits its number of requests in a window, and again in the next', () => {
    const quota = new Quota(policy);
    const taken = [0, 10, 20_500, 59_999, 60_000].map((now) => quota.take('one', now));
    expect(taken).toEqual([
      { admitted: true, remaining: 1, resetSeconds: 60 },
      { admitted: true, remaining: 0, resetSeconds: 60 },
      { admitted: false, remaining: 0, resetSeconds: 40 },
      { admitted: false, remaining: 0, resetSeconds: 1 },
      { admitted: true, remaining: 1, resetSeconds: 60 },
    ]);
  });

  it('counts each source by itself, and forgets the one that was quiet longest when there are too many', () => {
    const quota = new Quota(policy, 2);
    for (const who of ['a', 'a', 'a', 'b', 'c']) quota.take(who, 0);
    expect([quota.take('c', 0).remaining, quota.take('a', 0).remaining]).toEqual([0, 1]);
  });
});
