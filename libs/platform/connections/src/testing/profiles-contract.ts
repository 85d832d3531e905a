import { until } from '@voltbus/testing';
import { type RegistryHarness, SHORT_MS, aProfile } from './registry-harness';

/** How every registry keeps profiles. */
export function profilesContract(registry: RegistryHarness): void {
  describe('profiles', () => {
    it('keeps what an upgrade needs to know, until it is dropped', async () => {
      const profile = aProfile();
      expect(await registry.connections.profile(profile)).toBeNull();
      await registry.connections.putProfile(profile);
      expect(await registry.connections.profile({ tenant: profile.tenant, station: profile.station })).toEqual(profile);
      await registry.connections.putProfile({ ...profile, blocked: true });
      expect((await registry.connections.profile(profile))?.blocked).toBe(true);
      await registry.connections.dropProfile(profile);
      expect(await registry.connections.profile(profile)).toBeNull();
    });

    it('forgets a profile after its time, so that a lost change is not lost for ever', async () => {
      const short = await registry.open({ profileTtlMs: SHORT_MS });
      const profile = aProfile();
      await short.putProfile(profile);
      await until('the profile is forgotten', async () => (await short.profile(profile)) === null);
      await short.close();
    });
  });
}
