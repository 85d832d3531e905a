import { until } from '@voltbus/testing';
import { type RegistryHarness, aProfile, aStation, by } from './registry-harness';

/** What every registry promises while it is away. */
export function availabilityContract(registry: RegistryHarness): void {
  describe('an unavailable registry', () => {
    it('rejects every call within a second, notifies when it is back, and then restores asserted owners', async () => {
      const ref = aStation();
      const { epoch } = await registry.connections.acquire(ref, by('gw-a'));
      const changes: boolean[] = [];
      registry.connections.onAvailability((available) => changes.push(available));
      await registry.away();
      const calls: (() => Promise<unknown>)[] = [
        () => registry.connections.acquire(ref, by('gw-a')),
        () => registry.connections.assert([{ ref, owner: { ...by('gw-a'), epoch } }]),
        () => registry.connections.release(ref, epoch),
        () => registry.connections.find(ref),
        () => registry.connections.findMany([ref]),
        () => registry.connections.takeBucket('a', 64),
        () => registry.connections.renewLease({ inst: 'a', bucket: 1 }),
        () => registry.connections.endLease('a'),
        () => registry.connections.leases(),
        () => registry.connections.profile(ref),
        () => registry.connections.putProfile(aProfile()),
        () => registry.connections.dropProfile(ref),
      ];
      for (const call of calls) await expect(call()).rejects.toMatchObject({ name: 'ConnectionsUnavailable' });
      expect(registry.connections.available).toBe(false);
      await registry.back();
      await until('the registry is available again', () => registry.connections.available);
      expect(changes).toEqual([false, true]);
      await registry.flush();
      expect(await registry.connections.assert([{ ref, owner: { ...by('gw-a'), epoch } }])).toEqual(['restored']);
    });
  });
}
