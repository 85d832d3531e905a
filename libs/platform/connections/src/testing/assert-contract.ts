import { until } from '@voltbus/testing';
import { type RegistryHarness, SHORT_MS, aStation, by } from './registry-harness';

/** How every registry judges the connections that a gateway asserts. */
export function assertContract(registry: RegistryHarness): void {
  describe('assert', () => {
    it('refreshes what is ours and stores when the station was last seen', async () => {
      const ref = aStation();
      const { epoch } = await registry.connections.acquire(ref, by('gw-a'));
      const owner = { ...by('gw-a'), epoch, lastSeenAt: 1_800_000_000_123 };
      expect(await registry.connections.assert([{ ref, owner }])).toEqual(['refreshed']);
      expect(await registry.connections.find(ref)).toEqual(owner);
    });

    it('restores what the registry has lost, and the commands find their way again', async () => {
      const refs = Array.from({ length: 20 }, aStation);
      const held = await Promise.all(
        refs.map(async (ref) => ({ ref, owner: { ...by('gw-a'), epoch: (await registry.connections.acquire(ref, by('gw-a'))).epoch } })),
      );
      await registry.flush();
      expect(await registry.connections.find(refs[0] ?? aStation())).toBeNull();
      expect(await registry.connections.assert(held)).toEqual(refs.map(() => 'restored'));
      expect(await registry.connections.findMany(refs)).toEqual(held.map(({ owner }) => owner));
    });

    it('is lost for an older epoch after a take-over, and changes nothing', async () => {
      const ref = aStation();
      const old = await registry.connections.acquire(ref, by('gw-a'));
      const { epoch } = await registry.connections.acquire(ref, by('gw-b'));
      expect(await registry.connections.assert([{ ref, owner: { ...by('gw-a'), epoch: old.epoch } }])).toEqual(['lost']);
      expect(await registry.connections.find(ref)).toEqual({ ...by('gw-b'), epoch });
    });

    it('is not lost to an acquire of the same gateway whose answer it never got: its assertion counts', async () => {
      const ref = aStation();
      const { epoch: unheard } = await registry.connections.acquire(ref, by('gw-a'));
      const owner = { ...by('gw-a'), epoch: unheard - 1 };
      expect(await registry.connections.assert([{ ref, owner }])).toEqual(['restored']);
      expect(await registry.connections.find(ref)).toEqual(owner);
      expect(await registry.connections.release(ref, owner.epoch)).toBe(true);
    });

    it('is lost after the newer connection has opened and closed: the old one is a zombie', async () => {
      const ref = aStation();
      const old = await registry.connections.acquire(ref, by('gw-a'));
      await registry.connections.release(ref, (await registry.connections.acquire(ref, by('gw-b'))).epoch);
      expect(await registry.connections.assert([{ ref, owner: { ...by('gw-a'), epoch: old.epoch } }])).toEqual(['lost']);
    });

    it('is lost for what was released: an assert under way does not bring it back', async () => {
      const ref = aStation();
      const { epoch } = await registry.connections.acquire(ref, by('gw-a'));
      await registry.connections.release(ref, epoch);
      expect(await registry.connections.assert([{ ref, owner: { ...by('gw-a'), epoch } }])).toEqual(['lost']);
      expect(await registry.connections.find(ref)).toBeNull();
    });

    it('is lost for the same epoch of another gateway: of two minted without the registry one stays', async () => {
      const ref = aStation();
      const epoch = Date.now() * 1000;
      const verdicts = await registry.connections.assert([
        { ref, owner: { ...by('gw-a'), epoch } },
        { ref, owner: { ...by('gw-b'), epoch } },
      ]);
      expect([...verdicts].sort()).toEqual(['lost', 'restored']);
    });

    it('lets the newer of two sockets win after a flush, whoever asserts first', async () => {
      for (const newerFirst of [true, false]) {
        const ref = aStation();
        const older = { ref, owner: { ...by('gw-a'), epoch: (await registry.connections.acquire(ref, by('gw-a'))).epoch } };
        const newer = { ref, owner: { ...by('gw-b'), epoch: (await registry.connections.acquire(ref, by('gw-b'))).epoch } };
        await registry.flush();
        for (const held of newerFirst ? [newer, older] : [older, newer]) await registry.connections.assert([held]);
        expect(await registry.connections.assert([older])).toEqual(['lost']);
        expect((await registry.connections.find(ref))?.inst).toBe('gw-b');
      }
    });

    it('answers for all of them in the order given, however many', async () => {
      const refs = Array.from({ length: 1_200 }, aStation);
      const held = refs.map((ref, i) => ({ ref, owner: { ...by('gw-a'), epoch: Date.now() * 1000 + i } }));
      await Promise.all(
        refs
          .filter((_, i) => i % 3 === 0)
          .map((ref) => registry.connections.assert([{ ref, owner: { ...by('gw-b'), epoch: Number.MAX_SAFE_INTEGER - 1 } }])),
      );
      expect(await registry.connections.assert(held)).toEqual(refs.map((_, i) => (i % 3 === 0 ? 'lost' : 'restored')));
      expect(await registry.connections.assert([])).toEqual([]);
    });

    it('forgets an owner that no longer asserts', async () => {
      const short = await registry.open({ ownerTtlMs: SHORT_MS });
      const [kept, left] = [aStation(), aStation()];
      const { epoch } = await short.acquire(kept, by('gw-a'));
      await short.acquire(left, by('gw-a'));
      await until('the owner that no longer asserts is forgotten', async () => {
        await short.assert([{ ref: kept, owner: { ...by('gw-a'), epoch } }]);
        return (await short.find(left)) === null;
      });
      expect(await short.find(kept)).not.toBeNull();
      await short.close();
    });
  });
}
