import { connectionsContract } from '../testing/connections-contract';
import { findLive } from '../find-live';
import { MemoryConnections } from './memory-connections';

describe('MemoryConnections', () => {
  const opened: MemoryConnections[] = [];
  const each = async (act: (connections: MemoryConnections) => void) => opened.forEach(act);

  connectionsContract({
    open: async (ttl) => {
      const connections = new MemoryConnections(ttl);
      opened.push(connections);
      return connections;
    },
    flush: () => each((connections) => connections.flush()),
    away: () => each((connections) => connections.setAvailable(false)),
    back: () => each((connections) => connections.setAvailable(true)),
  });

  it('keeps epochs growing while its clock stands still or runs backwards', async () => {
    let nowUs = 5_000_000;
    const connections = new MemoryConnections({ nowUs: () => nowUs });
    const take = async () =>
      (await connections.acquire({ tenant: 't', station: 's' }, { inst: 'a', bucket: 0, protocol: 'ocpp1.6', lastSeenAt: 0 })).epoch;
    expect(await take()).toBe(5_000_000);
    expect(await take()).toBe(5_000_001);
    nowUs = 1;
    expect(await take()).toBe(5_000_002);
    nowUs = 6_000_000;
    expect(await take()).toBe(6_000_000);
  });

  it.each([
    ['a day forward', 86_400_000],
    ['two hours back', -7_200_000],
  ])('holds leases, owners and profiles when the clock of the host is set %s', async (_way, jumpMs) => {
    const connections = new MemoryConnections();
    const ref = { tenant: 't', station: 's' };
    const profile = { ...ref, stored: true } as never; // the registry does not read it
    const by = { inst: 'a', bucket: 1, protocol: 'ocpp1.6', lastSeenAt: 0 } as const;
    const { epoch } = await connections.acquire(ref, by);
    await connections.renewLease({ inst: 'a', bucket: 1 });
    await connections.putProfile(profile);
    const realNow = Date.now.bind(Date);
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => realNow() + jumpMs);
    try {
      expect(await findLive(connections, [ref])).toEqual([{ ...by, epoch }]);
      expect(await connections.leases()).toEqual([{ inst: 'a', bucket: 1 }]);
      expect(await connections.profile(ref)).toEqual(profile);
      const other = { tenant: 't', station: 'new since' };
      const later = await connections.acquire(other, by);
      expect(later.epoch).toBeGreaterThan(epoch);
      expect(later.epoch - epoch).toBeLessThan(3_600_000_000); // of the time that passed, whatever the host's clock shows
    } finally {
      clock.mockRestore();
    }
  });

  it('ends a lease and an owner after their time by the steady clock', async () => {
    let nowMs = 1;
    const connections = new MemoryConnections({ nowMs: () => nowMs, leaseTtlMs: 10, ownerTtlMs: 20 });
    const ref = { tenant: 't', station: 's' };
    await connections.acquire(ref, { inst: 'a', bucket: 1, protocol: 'ocpp1.6', lastSeenAt: 0 });
    await connections.renewLease({ inst: 'a', bucket: 1 });
    nowMs = 12;
    expect(await findLive(connections, [ref])).toEqual([null]);
    expect(await connections.find(ref)).not.toBeNull();
    nowMs = 22;
    expect(await connections.find(ref)).toBeNull();
  });

  it('hands out copies: who changes one does not change the registry', async () => {
    const connections = new MemoryConnections();
    const ref = { tenant: 't', station: 's' };
    await connections.acquire(ref, { inst: 'a', bucket: 0, protocol: 'ocpp1.6', lastSeenAt: 0 });
    const found = await connections.find(ref);
    if (found) found.inst = 'changed';
    expect((await connections.find(ref))?.inst).toBe('a');
  });
});
