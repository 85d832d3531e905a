import { randomUUID } from 'node:crypto';
import { type RegistryHarness, AHEAD_US, aStation, by } from './registry-harness';

/** How every registry gives a station to one connection and ends its ownership. */
export function ownershipContract(registry: RegistryHarness): void {
  describe('ownership', () => {
    it('gives a station to the gateway that acquires it, and shows it to everybody', async () => {
      const ref = aStation();
      const { epoch, previous } = await registry.connections.acquire(ref, by('gw-a'));
      expect(previous).toBeNull();
      expect(await registry.connections.find(ref)).toEqual({ ...by('gw-a'), epoch });
    });

    it('mints epochs in microseconds of the present', async () => {
      const beforeUs = Date.now() * 1000;
      const { epoch } = await registry.connections.acquire(aStation(), by('gw-a'));
      expect(epoch).toBeGreaterThan(beforeUs - 2_000_000);
      expect(epoch).toBeLessThan(Date.now() * 1000 + 2_000_000);
      expect(Number.isSafeInteger(epoch)).toBe(true);
    });

    it('lets the newest connection win and names the one it replaced', async () => {
      const ref = aStation();
      const first = await registry.connections.acquire(ref, by('gw-a'));
      const second = await registry.connections.acquire(ref, by('gw-b'));
      expect(second.previous).toEqual({ ...by('gw-a'), epoch: first.epoch });
      expect(second.epoch).toBeGreaterThan(first.epoch);
      expect((await registry.connections.find(ref))?.inst).toBe('gw-b');
    });

    it('counts a reconnect to the same gateway as a take-over too', async () => {
      const ref = aStation();
      const first = await registry.connections.acquire(ref, by('gw-a'));
      const second = await registry.connections.acquire(ref, by('gw-a'));
      expect(second.previous?.epoch).toBe(first.epoch);
      expect(await registry.connections.release(ref, first.epoch)).toBe(false);
      expect((await registry.connections.find(ref))?.epoch).toBe(second.epoch);
    });

    it('gives every one of many simultaneous connections an epoch of its own, and the registry to the highest', async () => {
      const ref = aStation();
      const taken = await Promise.all(Array.from({ length: 50 }, (_, i) => registry.connections.acquire(ref, by(`gw-${i}`))));
      const epochs = taken.map(({ epoch }) => epoch);
      expect(new Set(epochs).size).toBe(50);
      expect((await registry.connections.find(ref))?.epoch).toBe(Math.max(...epochs));
      const replaced = taken.map(({ previous }) => previous?.epoch).filter((epoch) => epoch !== undefined);
      expect(new Set(replaced).size).toBe(49); // each replaced exactly one, except the first
    });

    it('never lowers an epoch when the clock jumps back', async () => {
      const ref = aStation();
      const ahead = Date.now() * 1000 + AHEAD_US;
      await registry.connections.assert([{ ref, owner: { ...by('gw-a'), epoch: ahead } }]);
      expect((await registry.connections.acquire(ref, by('gw-b'))).epoch).toBe(ahead + 1);
    });

    it('keeps tenants apart', async () => {
      const ref = aStation();
      await registry.connections.acquire(ref, by('gw-a'));
      expect(await registry.connections.find({ ...ref, tenant: 'other' })).toBeNull();
    });

    it('takes station identities with slashes, braces, spaces and letters of any script', async () => {
      for (const station of ['a/b', '{x}', 'a}b', '}{', 'Säule 7', '站/1', ':', '*']) {
        const ref = { ...aStation(), station: `${station}${randomUUID()}` };
        const { epoch } = await registry.connections.acquire(ref, by('gw-a'));
        expect((await registry.connections.find(ref))?.epoch).toBe(epoch);
        expect(await registry.connections.release(ref, epoch)).toBe(true);
      }
    });

    it('finds many at once, in the order asked, with null for who is not connected', async () => {
      const refs = Array.from({ length: 1_100 }, aStation);
      await Promise.all(refs.filter((_, i) => i % 2 === 0).map((ref) => registry.connections.acquire(ref, by('gw-a'))));
      const owners = await registry.connections.findMany([...refs]);
      expect(owners.map((owner) => owner !== null)).toEqual(refs.map((_, i) => i % 2 === 0));
      expect(await registry.connections.findMany([])).toEqual([]);
    });
  });

  describe('release', () => {
    it('ends the ownership of its own epoch', async () => {
      const ref = aStation();
      const { epoch } = await registry.connections.acquire(ref, by('gw-a'));
      expect(await registry.connections.release(ref, epoch)).toBe(true);
      expect(await registry.connections.find(ref)).toBeNull();
    });

    it('does nothing by an old epoch: an old socket’s end never disturbs the new one', async () => {
      const ref = aStation();
      const old = await registry.connections.acquire(ref, by('gw-a'));
      const { epoch } = await registry.connections.acquire(ref, by('gw-b'));
      expect(await registry.connections.release(ref, old.epoch)).toBe(false);
      expect((await registry.connections.find(ref))?.epoch).toBe(epoch);
    });

    it('does nothing the second time, and for a station nobody held', async () => {
      const ref = aStation();
      const { epoch } = await registry.connections.acquire(ref, by('gw-a'));
      await registry.connections.release(ref, epoch);
      expect(await registry.connections.release(ref, epoch)).toBe(false);
      expect(await registry.connections.release(aStation(), epoch)).toBe(false);
    });

    it('leaves a tombstone: the next epoch is higher though nobody is replaced', async () => {
      const ref = aStation();
      const ahead = Date.now() * 1000 + AHEAD_US;
      await registry.connections.assert([{ ref, owner: { ...by('gw-a'), epoch: ahead } }]);
      await registry.connections.release(ref, ahead);
      expect(await registry.connections.acquire(ref, by('gw-b'))).toEqual({ epoch: ahead + 1, previous: null });
    });
  });
}
