import { connectionsContract } from './connections-contract';
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

  it('hands out copies: who changes one does not change the registry', async () => {
    const connections = new MemoryConnections();
    const ref = { tenant: 't', station: 's' };
    await connections.acquire(ref, { inst: 'a', bucket: 0, protocol: 'ocpp1.6', lastSeenAt: 0 });
    const found = await connections.find(ref);
    if (found) found.inst = 'changed';
    expect((await connections.find(ref))?.inst).toBe('a');
  });
});
