import { LEASE_TTL_MS } from './port';
import { findLive } from './find-live';
import { MemoryConnections } from './memory/memory-connections';

const HERE = { tenant: 'default', station: 'here' };
const THERE = { tenant: 'default', station: 'there' };
const NOWHERE = { tenant: 'default', station: 'nowhere' };

describe('who is there', () => {
  let nowMs = 1_000_000;
  const connections = new MemoryConnections({ nowMs: () => nowMs });
  const found = async () => (await findLive(connections, [HERE, NOWHERE, THERE])).map((owner) => owner?.inst ?? null);

  it('is who a living gateway holds: what one held that died without a word is not there, though the registry still names it', async () => {
    for (const [inst, ref] of [['a', HERE] as const, ['b', THERE] as const]) {
      await connections.takeBucket(inst, 8);
      await connections.acquire(ref, { inst, bucket: 0, protocol: 'ocpp1.6', lastSeenAt: 0 });
    }
    expect(await found()).toEqual(['a', null, 'b']);
    nowMs += LEASE_TTL_MS / 2;
    await connections.renewLease({ inst: 'a', bucket: 0 });
    nowMs += LEASE_TTL_MS / 2 + 1;
    expect(await found()).toEqual(['a', null, null]);
    expect((await connections.find(THERE))?.inst).toBe('b');
    await connections.renewLease({ inst: 'b', bucket: 0 }); // it was only slow
    expect(await found()).toEqual(['a', null, 'b']);
  });
});
