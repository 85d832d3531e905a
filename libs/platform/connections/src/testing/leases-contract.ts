import { until } from '@voltbus/testing';
import { type RegistryHarness, SHORT_MS, sorted } from './registry-harness';

/** How every registry leases buckets to gateways. */
export function leasesContract(registry: RegistryHarness): void {
  describe('leases', () => {
    beforeEach(() => registry.flush());

    it('gives each gateway the bucket that the fewest live ones name', async () => {
      const taken = [];
      for (const inst of ['a', 'b', 'c', 'd', 'e', 'f']) taken.push((await registry.connections.takeBucket(inst, 4)).bucket);
      expect([...taken.slice(0, 4)].sort()).toEqual([0, 1, 2, 3]);
      expect(new Set(taken.slice(4)).size).toBe(2);
      await registry.connections.endLease('c');
      expect((await registry.connections.takeBucket('g', 4)).bucket).toBe(taken[2]);
    });

    it('gives different buckets to gateways that start at the same moment', async () => {
      const leases = await Promise.all(Array.from({ length: 16 }, (_, i) => registry.connections.takeBucket(`gw-${i}`, 16)));
      expect(new Set(leases.map(({ bucket }) => bucket)).size).toBe(16);
    });

    it('gives the preferred bucket, shared or not', async () => {
      await registry.connections.takeBucket('a', 4, 3);
      expect(await registry.connections.takeBucket('b', 4, 3)).toEqual({ inst: 'b', bucket: 3 });
    });

    it('lists who is alive, and no longer who has left', async () => {
      const [a, b] = [await registry.connections.takeBucket('a', 64), await registry.connections.takeBucket('b', 64)];
      expect(sorted(await registry.connections.leases())).toEqual([a, b]);
      await registry.connections.endLease('a');
      expect(await registry.connections.leases()).toEqual([b]);
    });

    it('lets a gateway that takes a bucket again have one lease only', async () => {
      await registry.connections.takeBucket('a', 64, 5);
      const again = await registry.connections.takeBucket('a', 64);
      expect(await registry.connections.leases()).toEqual([again]);
    });

    it('restores a lease that the registry lost, by renewing it', async () => {
      const lease = await registry.connections.takeBucket('a', 64, 7);
      await registry.flush();
      expect(await registry.connections.leases()).toEqual([]);
      expect(await registry.connections.renewLease(lease)).toBe(false);
      expect(await registry.connections.renewLease(lease)).toBe(true);
      expect(await registry.connections.leases()).toEqual([{ inst: 'a', bucket: 7 }]);
    });

    it('forgets a gateway that stopped renewing and keeps the one that goes on', async () => {
      const short = await registry.open({ leaseTtlMs: SHORT_MS });
      const alive = await short.takeBucket('alive', 64);
      await short.takeBucket('dead', 64);
      await until('the lease that is no longer renewed ends', async () => {
        await short.renewLease(alive);
        return (await short.leases()).every(({ inst }) => inst === 'alive');
      });
      expect(await short.leases()).toEqual([alive]);
      await short.close();
    });
  });
}
