import { CsmsError } from '@voltbus/contracts';
import { MAX_QUIRK_PROFILES, type QuirkProfile } from '../quirks';
import type { TypeormQuirkProfiles } from './typeorm-quirk-profiles';

/** What operators switch for stations of a kind. Gateways are told by the sweep of evictions, within seconds. */
export class QuirkProfiles {
  constructor(private readonly store: TypeormQuirkProfiles) {}

  /** Throws `conflict` where the tenant has as many profiles as it may. */
  change(
    tenant: string,
    name: string,
    decide: (before: QuirkProfile | null) => QuirkProfile,
    writes: (after: QuirkProfile) => void,
  ): Promise<QuirkProfile> {
    return this.store.change(tenant, name, (before, others) => {
      const after = decide(before);
      if (others >= MAX_QUIRK_PROFILES)
        throw new CsmsError('conflict', `the tenant has ${MAX_QUIRK_PROFILES} quirk profiles: it may have no more`);
      writes(after);
      return after;
    });
  }

  async remove(tenant: string, name: string, mayRemove: (before: QuirkProfile | null) => void): Promise<void> {
    await this.store.change(tenant, name, (before) => {
      mayRemove(before);
      return null;
    });
  }
}
