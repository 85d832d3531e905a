import { share } from './assigners';

describe('sharing partitions in a consumer group', () => {
  it('gives every partition to exactly one member that reads its topic', () => {
    const shares = share([
      { memberId: 'lane-1', counts: { lane: 48 } },
      { memberId: 'lane-2', counts: { lane: 48 } },
      { memberId: 'events', counts: { events: 5 } },
      { memberId: 'both', counts: { lane: 48, events: 5 } },
    ]);
    expect(shares.get('events')?.['lane']).toBeUndefined();
    expect([...shares.values()].flatMap((taken) => taken['lane'] ?? []).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 48 }, (_, n) => n),
    );
    expect([...shares.values()].flatMap((taken) => taken['events'] ?? []).sort()).toEqual([0, 1, 2, 3, 4]);
    for (const member of ['lane-1', 'lane-2', 'both']) expect(shares.get(member)?.['lane']?.length).toBe(16);
  });

  it('spreads the remainders of many topics', () => {
    const counts = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`t${n}`, 1]));
    const shares = share(['a', 'b', 'c'].map((memberId) => ({ memberId, counts })));
    for (const taken of shares.values()) expect(Object.keys(taken).length).toBe(3);
  });

  it('leaves a member without work rather than giving it what another has', () => {
    const shares = share(['a', 'b'].map((memberId) => ({ memberId, counts: { t: 1 } })));
    expect([...shares.values()].map((taken) => Object.keys(taken).length).sort()).toEqual([0, 1]);
  });

  it('does not depend on the order in which members are named', () => {
    const members: { memberId: string; counts: Record<string, number> }[] = [
      { memberId: 'b', counts: { t: 7, u: 3 } },
      { memberId: 'a', counts: { u: 3 } },
      { memberId: 'c', counts: { t: 7 } },
    ];
    expect(share(members)).toEqual(share([...members].reverse()));
  });
});
